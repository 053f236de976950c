using K2I.Base;
using K2I.Cloud;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Maintenance.Tests;

/// <summary>What a crash leaves in S3 of a table: an upload that shows in no listing, and that its bucket is charged for.</summary>
[NeedsShared(S3Server.Program)]
public sealed class S3OrphanTests
{
    [ContractFact]
    public void UploadsThatACrashLeftAreToldOfThenAborted()
    {
        using var server = new S3Server();
        var root = $"s3://{S3Server.Bucket}/wh";
        var options = new S3Options
        {
            Endpoint = new Uri(server.Uri),
            Region = "us-east-1",
            AccessKeyId = S3Server.AccessKey,
            SecretAccessKey = S3Server.SecretKey,
        };
        var store = new CloudStore(root, options);
        var catalog = new FileCatalog(store, root);
        var home = new TableCommitter(catalog, store).LoadOrCreate(TestTables.Events, TestTables.Creation()).Metadata.Location;
        var lost = $"{home}/data/lost.parquet";
        store.Create(lost).Write(new byte[18 << 20]);
        using var buffers = new ParquetBuffers();
        var clock = new ShiftedClock();
        var context = new JobContext
        {
            Ident = TestTables.Events,
            Catalog = catalog,
            Store = store,
            Use = new TestUse(),
            Buffers = buffers,
            Clock = clock,
        };

        Assert.Empty(Look(new OrphanPolicy()).Unfinished);
        clock.Pass(4 * 86_400_000L);
        Assert.Equal(lost, Assert.Single(Look(new OrphanPolicy()).Unfinished).Location);
        var done = Look(new OrphanPolicy { Remove = true });
        Assert.Equal((1, 0), (done.UnfinishedAborted, done.Unfinished.Length));
        Assert.Empty(store.ListUnfinished(home + "/"));
        // The table is as it was.
        Assert.Equal(home, catalog.Load(TestTables.Events).Metadata.Location);

        JobOutcome Look(OrphanPolicy policy)
        {
            using var job = OrphanPlanner.Plan(catalog.Load(TestTables.Events).Metadata, policy)!.Start(context);
            KeptTable.Finish(job);
            return job.Outcome!;
        }
    }
}
