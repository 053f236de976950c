using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>The judge's 97 tables below <c>WAREHOUSE/t</c>, written once for the tests of this collection; or those that <c>K2I_JUDGE_TABLES</c> says were written before.</summary>
public sealed class JudgeTables : IDisposable
{
    public const string Collection = "tables of the judge";

    private readonly Lazy<(string Warehouse, TempFolder? Folder)> made = new(Make);

    public string Warehouse => made.Value.Warehouse;

    /// <summary>Of one of them; the tables are at <c>t.NAME</c>.</summary>
    internal Table Load(string name) => new FileCatalog(Store(), Warehouse, strictNames: false).Load(new TableIdent(["t"], name));

    internal LocalStore Store() => new(Warehouse);

    public void Dispose()
    {
        if (made.IsValueCreated) made.Value.Folder?.Dispose();
    }

    private static (string Warehouse, TempFolder? Folder) Make()
    {
        if (Environment.GetEnvironmentVariable("K2I_JUDGE_TABLES") is { Length: > 0 } given) return (given, null);
        var folder = new TempFolder();
        Judge.Do("write", Path.Join(folder.Path, "t"));
        return (folder.Path, folder);
    }
}

[CollectionDefinition(JudgeTables.Collection)]
public sealed class JudgeTablesCollection : ICollectionFixture<JudgeTables>;
