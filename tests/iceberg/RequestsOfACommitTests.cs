using K2I.Cloud;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>What a store of objects is asked by a catalog that is nothing but the store.</summary>
[NeedsShared(S3Server.Program)]
public sealed class RequestsOfACommitTests : IDisposable
{
    private static readonly string Root = $"s3://{S3Server.Bucket}/commits";

    private readonly S3Server server = new();
    private readonly FaultProxy proxy;
    private readonly CloudStore store;
    private readonly FileCatalog catalog;
    private Table table;

    public RequestsOfACommitTests()
    {
        proxy = new(server.Uri);
        store = new(Root, new S3Options
        {
            Endpoint = new Uri(proxy.Uri),
            Region = "us-east-1",
            AccessKeyId = S3Server.AccessKey,
            SecretAccessKey = S3Server.SecretKey,
        });
        catalog = new(store, Root);
        table = catalog.Create(TestTables.Events, TestTables.Creation());
    }

    public void Dispose()
    {
        proxy.Dispose();
        server.Dispose();
    }

    [ContractFact]
    public void EachIsAccountedFor()
    {
        AssertAsked(Looks("v1", "v2"), () => table = catalog.Load(TestTables.Events));
        AssertAsked(Commits("v1", "v2"), () => Set("1"));
        // Also where the files are compressed: what the last one read was called, the next one most likely is.
        Set("2", ("write.metadata.compression-codec", "gzip"));
        Set("3");
        AssertAsked(Looks("v4.gz", "v5"), () => table = catalog.Load(TestTables.Events));
        AssertAsked(Commits("v4.gz", "v5.gz"), () => Set("4"));
        // Another process does not know what was the newest: the hint says.
        Set("5", ("write.metadata.compression-codec", "none"));
        Set("6");
        AssertAsked(["GET hint", .. Looks("v7", "v8")], () => new FileCatalog(store, Root).Load(TestTables.Events));
    }

    [ContractFact]
    public void AFlushAsksForNothingThatItKnows()
    {
        new TableCommitter(catalog, store).Commit(TestTables.Events, new AppendFiles { Files = [TestTables.File(table, "other")] });
        var committer = new TableCommitter(catalog, store);
        string[] files = ["HEAD 1.parquet", "HEAD 2.parquet", "PUT list", "PUT manifest"];
        AssertAsked([.. Looks("v2", "v3"), "GET list", .. files, .. Commits("v2", "v3")], () => Flush());
        AssertAsked([.. Looks("v3", "v4"), .. files, .. Commits("v3", "v4")], () => Flush());

        void Flush() => committer.Commit(TestTables.Events,
            new AppendFiles { VerifyFiles = true, Files = [Stored($"{Guid.NewGuid()}/1"), Stored($"{Guid.NewGuid()}/2")] });
    }

    private static string[] Looks(string version, string next) =>
        [$"GET {version}", $"GET {next}", $"GET {next}.gz", $"GET {next}.metadata.json.gz"];

    private static string[] Commits(string version, string next) => ["LIST v", $"PUT {next}", $"HEAD {version}", "PUT hint"];

    private void Set(string value, params (string, string)[] more) => table = Assert.IsType<CommitOutcome.Committed>(
        catalog.Commit(table, [new MetadataUpdate.SetProperties(TestTables.Strings([("k", value), .. more]))], [])).Table;

    private DataFile Stored(string name)
    {
        var file = TestTables.File(table, name);
        var uploader = new CloudStore(Root, new S3Options
        {
            Endpoint = new Uri(server.Uri),
            Region = "us-east-1",
            AccessKeyId = S3Server.AccessKey,
            SecretAccessKey = S3Server.SecretKey,
        });
        uploader.Put(file.FilePath, new byte[file.FileSizeBytes]);
        return file;
    }

    /// <summary>In any order: some are under way at a time.</summary>
    private void AssertAsked(string[] expected, Action act)
    {
        var before = proxy.Calls().Count;
        act();
        Assert.Equal(expected.Order(StringComparer.Ordinal), proxy.Calls().Skip(before).Select(Short).Order(StringComparer.Ordinal));
    }

    /// <summary>Method and name; of a listing what names begin with.</summary>
    private static string Short(string call)
    {
        var (method, target) = call.Split(' ') is [var first, var second, ..] ? (first, Uri.UnescapeDataString(second)) : (call, "");
        var name = target[(target.LastIndexOf('/') + 1)..];
        if (target.Contains("prefix=", StringComparison.Ordinal)) return $"LIST {name}";
        if (name.EndsWith(".metadata.json", StringComparison.Ordinal)) name = name[..^".metadata.json".Length];
        if (name.StartsWith("snap-", StringComparison.Ordinal)) name = "list";
        if (name.EndsWith(".avro", StringComparison.Ordinal)) name = "manifest";
        return $"{method} {name.Replace("version-hint.text", "hint", StringComparison.Ordinal)}";
    }
}
