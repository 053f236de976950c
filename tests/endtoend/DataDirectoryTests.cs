using System.Security.Cryptography;
using System.Text.Json;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>What lies below data_dir: one process at a time, what the log says, and a disk that is full.</summary>
[Collection(SharedBroker.Collection)]
public sealed class DataDirectoryTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void ASecondProcessIsRefusedAndTheFirstGoesOn()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("second", 1);
        var config = Scenario.Config(workspace, Kafka.Brokers, topic);
        using var first = Ingest.Start(workspace, config);
        first.WaitForState("events", "running");
        using var second = Ingest.Start(workspace, config);
        Assert.Equal(1, second.WaitForExit());
        Assert.Contains(workspace.Data, second.Log, StringComparison.Ordinal);
        Assert.Contains($"{first.Id}", second.Log, StringComparison.Ordinal);
        var records = source.Send(topic, 1, SampleEvents.Make(seed: 141, count: 50));
        first.WaitForOffsets("events", 50);
        Assert.Equal(0, first.Stop());
        Scenario.Judge(workspace.Table("events"), records);
    }

    [IngestFact]
    public void TheLogTellsWhatTheTableShows()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("told", 2);
        var records = source.Send(topic, 2, SampleEvents.Make(seed: 142, count: 300));
        string config;
        using (var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic)))
        {
            config = ingest.ConfigFile;
            ingest.WaitForOffsets("events", 300);
            // Also while it is being written.
            Entries(config);
            Assert.Equal(0, ingest.Stop());
        }

        var entries = Entries(config);
        string[] types = ["RunStarted", "Records", "BufferSnapshot", "DataFileWritten", "CommitStarted", "IcebergSnapshotCreated", "OffsetCommit", "FlushComplete"];
        Assert.Empty(types.Except(entries.Select(e => e.GetProperty("type").GetString()!)));
        Assert.All(entries, e => Assert.Equal("events", e.GetProperty("table").GetString()));
        Assert.Equal(entries.Select(e => e.GetProperty("position").GetInt64()).Order(), entries.Select(e => e.GetProperty("position").GetInt64()));

        foreach (var file in entries.Where(e => e.GetProperty("type").GetString() == "DataFileWritten"))
        {
            var path = new Uri(file.GetProperty("path").GetString()!).LocalPath;
            Assert.Equal(new FileInfo(path).Length, file.GetProperty("bytes").GetInt64());
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), file.GetProperty("sha256").GetString());
        }

        var snapshots = Judges.Python.Run("snapshots", workspace.Table("events")).Expect(0).Output;
        foreach (var partition in Produced.Ranges(records))
        {
            var commit = entries.Last(e => e.GetProperty("type").GetString() == "OffsetCommit" && e.GetProperty("partition").GetInt32() == partition.Partition);
            Assert.Equal(topic, commit.GetProperty("topic").GetString());
            Assert.Equal(partition.To, commit.GetProperty("offset").GetInt64());
            Assert.EndsWith("Z", commit.GetProperty("timestamp").GetString(), StringComparison.Ordinal);
            Assert.Contains(commit.GetProperty("icebergSnapshot").GetString()!, snapshots, StringComparison.Ordinal);
        }

        Tool.Run(Needs.Binary, ["wal", "verify", "--config", config]).Expect(0);
        Tool.Run(Needs.Binary, ["wal", "inspect", "--config", config]).Expect(0);
    }

    /// <summary>The log on a file system of its own, which someone else has filled.</summary>
    [SmallDiskFact]
    public void AFullDiskIsWaitedForAndGoesOnByItself()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("full", 1);
        var records = source.Send(topic, 1, SampleEvents.Make(seed: 143, count: 400));
        using var disk = new SmallDisk(workspace.Data, mebibytes: 24);
        var filler = Path.Combine(workspace.Data, "filler");
        File.WriteAllBytes(filler, new byte[20 << 20]);
        var config = Scenario.Config(workspace, Kafka.Brokers, topic, table: "max_record = 1MiB") + "\n[wal]\nfile_size = 8MiB\n";
        using (var ingest = Ingest.Start(workspace, config))
        {
            ingest.Wait("the full disk is told",
                s => s.GetProperty("lanes").EnumerateArray().Any(l => l.GetProperty("wal_trouble").GetString() != "")
                && Ingest.Table(s, "events") is { } t && t.GetProperty("state").GetString() == "waiting");
            // What it had taken before may go to the table without the log; nothing more is taken.
            Assert.InRange(Ingest.Table(ingest.Status()!.Value, "events")!.Value.GetProperty("rows_committed").GetInt64(), 0, 399);
            File.Delete(filler);
            ingest.WaitForOffsets("events", 400);
            Assert.Equal(0, ingest.Stop());
        }

        Scenario.Judge(workspace.Table("events"), records);
    }

    private static List<JsonElement> Entries(string config) =>
        [.. Tool.Run(Needs.Binary, ["wal", "inspect", "--json", "--config", config]).Expect(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
}
