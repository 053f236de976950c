namespace K2I.Iceberg.Tests;

/// <summary>One server and one judge for all tests of the collection, started when first asked for. Tests keep to tables of their own.</summary>
public sealed class RestFixture : IDisposable
{
    public const string Collection = "one REST server";

    private readonly Lazy<RestServer> server = new(() => new RestServer());
    private readonly Lazy<JudgeSession> judge = new(() => new JudgeSession());
    private int tables;

    internal RestServer Server => server.Value;

    internal JudgeSession Judge => judge.Value;

    /// <summary>A table that no other test has, in a namespace of its own.</summary>
    internal TableIdent NewTable() => TableIdent.Parse($"n{++tables}.events");

    /// <summary>How the judge is told of a table.</summary>
    internal string[] Judged(TableIdent table) => [$"{table}", "--catalog", "rest", "--uri", Server.Uri];

    public void Dispose()
    {
        if (judge.IsValueCreated) Judge.Dispose();
        if (server.IsValueCreated) Server.Dispose();
    }
}

[CollectionDefinition(RestFixture.Collection)]
public sealed class RestFixtureCollection : ICollectionFixture<RestFixture>;
