using K2I.Cloud;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>What a store of objects is asked by a catalog that is nothing but the store.</summary>
[NeedsShared(S3Server.Program)]
public sealed class RequestsOfACommitTests
{
    [ContractFact]
    public void EachIsAccountedFor()
    {
        using var server = new S3Server();
        using var proxy = new FaultProxy(server.Uri);
        var root = $"s3://{S3Server.Bucket}/commits";
        var store = new CloudStore(root, new S3Options
        {
            Endpoint = new Uri(proxy.Uri),
            Region = "us-east-1",
            AccessKeyId = S3Server.AccessKey,
            SecretAccessKey = S3Server.SecretKey,
        });
        var catalog = new FileCatalog(store, root);
        var table = catalog.Create(TestTables.Events, TestTables.Creation());
        Assert.Equal(["GET hint", "LIST v2.", "GET v1"], Asked(() => table = catalog.Load(TestTables.Events)));
        Assert.Equal(["HEAD v1", "LIST v2.", "PUT v2", "HEAD v1", "PUT hint"], Asked(() => Set("1")));
        // Also where the files are compressed: what the last one read was called, the next one most likely is.
        Set("2", ("write.metadata.compression-codec", "gzip"));
        Set("3");
        catalog.Load(TestTables.Events);
        Assert.Equal(["GET hint", "LIST v5.", "GET v4.gz"], Asked(() => table = catalog.Load(TestTables.Events)));
        Assert.Equal(["HEAD v4.gz", "LIST v5.", "PUT v5.gz", "HEAD v4.gz", "PUT hint"], Asked(() => Set("4")));

        void Set(string value, params (string, string)[] more) => table = Assert.IsType<CommitOutcome.Committed>(
            catalog.Commit(table, [new MetadataUpdate.SetProperties(TestTables.Strings([("k", value), .. more]))], [])).Table;

        string[] Asked(Action act)
        {
            var before = proxy.Calls().Count;
            act();
            return [.. proxy.Calls().Skip(before).Select(Short)];
        }
    }

    /// <summary>Method and name; of a listing what names begin with.</summary>
    private static string Short(string call)
    {
        var (method, target) = call.Split(' ') is [var first, var second, ..] ? (first, Uri.UnescapeDataString(second)) : (call, "");
        var name = target[(target.LastIndexOf('/') + 1)..];
        return target.Contains("prefix=", StringComparison.Ordinal) ? $"LIST {name}"
            : $"{method} {name.Replace(".metadata.json", "", StringComparison.Ordinal)}"
                .Replace("version-hint.text", "hint", StringComparison.Ordinal);
    }
}
