using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Tables made here, checked and changed by Iceberg Java.</summary>
public sealed class JudgeAppendTests
{
    [SharedFact(Judge.Program)]
    public void IcebergJavaAcceptsCommittedMetadata()
    {
        using var folder = new TempFolder();
        var store = new LocalStore(folder.Path);
        var catalog = new FileCatalog(store, store.Root);
        foreach (var version in (int[])[2, 3])
        {
            var ident = TableIdent.Parse($"db.events_v{version}");
            var committer = TestTables.Committer(catalog, store);
            var table = committer.LoadOrCreate(ident, TestTables.Creation("bucket(4, id)", version));
            for (var round = 0; round < 3; round++)
            {
                var files = Enumerable.Range(0, 3).Select(i => TestTables.File(table, $"r{round}-{i}", 10 + i, new PartitionTuple([i == 2 ? null : SingleValue.OfInt(i)]))).ToList();
                foreach (var file in files) store.Put(file.FilePath, new byte[file.FileSizeBytes]);
                Assert.Equal(CommitStatus.Committed, committer.Commit(ident, TestTables.Append([.. files])).Status);
            }
            var output = Judge.Do("check", $"{folder.Path}/db/events_v{version}", "--no-data");
            Assert.DoesNotContain("ERROR", output, StringComparison.Ordinal);
            Assert.DoesNotContain("WARN", output, StringComparison.Ordinal);
        }
    }
}
