using K2I.Base;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Pipeline.Tests;

/// <summary>A table's log over many sessions.</summary>
public sealed class TableJournalTests : IDisposable
{
    private const int FileBytes = 64 << 10;

    private readonly string folder = Directory.CreateTempSubdirectory("k2i-journal-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void SessionsThatEndWithoutAFlushDoNotFillTheDisk()
    {
        for (var session = 0; session < 60; session++)
        {
            using var journal = Open();
            Assert.Null(journal.Trouble);
            if (session % 2 == 0) Assert.True(journal.Write(new LogEntry.SchemaEvolution(session, ["added"])));
        }
        Assert.InRange(Directory.GetFiles(TableJournal.DirectoryOf(folder, "t")).Length, 1, 4);
    }

    [Fact]
    public void AFlushUnderWayIsKeptOverSessions()
    {
        var range = new OffsetRange(new Source(0, "topic", 0), new(5), new(9));
        using (var journal = Open()) Assert.True(journal.Write(LogEntry.BufferSnapshot.Of(new Flush("id", 1, [range]), 4)));
        for (var session = 0; session < 5; session++)
        {
            using var journal = Open();
            Assert.Equal("id", journal.Contents.HalfDone?.Id);
        }
    }

    private TableJournal Open()
    {
        var services = new EngineServices { Objects = new MemoryStore(), Catalog = new FileCatalog(new MemoryStore(), "memory:///w") };
        var options = new EngineOptions { Kafka = new() { Brokers = "" }, Iceberg = new() { Warehouse = "" }, DataDirectory = folder, WalFileBytes = FileBytes, MemoryBytes = 1 << 20, Tables = [] };
        return TableJournal.Open(services, options, "t", NullLog.Instance);
    }
}
