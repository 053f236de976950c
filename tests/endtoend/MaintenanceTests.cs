using System.Text.Json;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>A process keeps its tables in shape while it feeds them, and other engines find every record once.</summary>
[Collection(SharedBroker.Collection)]
public sealed class MaintenanceTests(SharedBroker broker) : IDisposable
{
    /// <summary>A table is looked at after ten commits, and twelve files are worth being merged: at the second look they are.</summary>
    private const int Rounds = 24;

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [IngestTheory]
    [InlineData(2)]
    [InlineData(3)]
    public void SmallFilesAreMergedWhileRecordsCome(int formatVersion)
    {
        using var source = new Source(broker.Kafka.Brokers);
        var topic = source.NewTopic("merged", 2);
        var config = $"""
            {Scenario.Config(workspace, broker.Kafka.Brokers, topic, interval: "300ms")}
            [maintenance]
            every = 100ms
            settle = 0s
            target_file_size = 1MiB
            """.Replace("[iceberg]", $"[iceberg]\nformat_version = {formatVersion}", StringComparison.Ordinal);
        List<Produced> records = [];
        using (var ingest = Ingest.Start(workspace, config))
        {
            for (var round = 0; round < Rounds; round++)
            {
                records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 400 + round, count: 200, firstId: round * 200)));
                ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            }
            ingest.Wait("small files are merged", s => Maintenance(s).GetProperty("rows_rewritten").GetInt64() > 0);
            records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 500, count: 200, firstId: Rounds * 200)));
            ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            var seen = Maintenance(ingest.Status()!.Value);
            Assert.Equal("", seen.GetProperty("last_error").GetString());
            Assert.Contains("k2i_rows_rewritten_total{table=\"events\"}", ingest.Get("/metrics").Body);
            Assert.Equal(0, ingest.Stop());
        }
        var page = Tool.Run(Needs.Binary, ["tables", "show", "events", "-w", workspace.Warehouse]).Expect(0).Output;
        Assert.Matches("  small files +[0-9]+ of [0-9]+\n", page);
        Assert.Matches("  write amplification +[12]\\.[0-9]\n", page);
        Assert.Matches("  due +[a-z]+: ", page);
        Tool.Run(Needs.Binary, ["maintenance", "plan", "events", "-w", workspace.Warehouse, "--where", "id < 0"]).Expect(0);
        Scenario.Judge(workspace.Table("events"), records);
    }

    /// <summary>
    /// Someone else has filled the file system of the warehouse: there is room for rows, and none for all of them once more.
    /// </summary>
    [SmallDiskFact]
    public void AFullDiskStopsJobsAndNotRecords()
    {
        using var source = new Source(broker.Kafka.Brokers);
        using var disk = new SmallDisk(workspace.Warehouse, mebibytes: 32);
        var topic = source.NewTopic("room", 1);
        // By itself it looks after nothing, then all the time.
        string Config(string maintenance) => Scenario.Config(workspace, broker.Kafka.Brokers, topic, interval: "300ms")
            .Replace("[flush]", $"[maintenance]\nmaintenance = {maintenance}\nevery = 100ms\nsettle = 0s\n[flush]",
                StringComparison.Ordinal);
        List<Produced> records = [];
        void Send(Ingest ingest, int round)
        {
            records.AddRange(source.Send(topic, 1, SampleEvents.Make(seed: 600 + round, count: 3_000, firstId: round * 3_000)));
            ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
        }
        using (var ingest = Ingest.Start(workspace, Config("off")))
        {
            for (var round = 0; round < Rounds; round++) Send(ingest, round);
            Assert.Equal(0, ingest.Stop());
        }
        var held = Directory.EnumerateFiles(workspace.Table("events"), "*.parquet", SearchOption.AllDirectories)
            .Sum(f => new FileInfo(f).Length);
        var filler = Path.Combine(workspace.Warehouse, "filler");
        File.WriteAllBytes(filler, new byte[new DriveInfo(workspace.Warehouse).AvailableFreeSpace - (held / 4)]);
        using (var ingest = Ingest.Start(workspace, Config("on")))
        {
            ingest.Wait("the full disk is told of", s => Maintenance(s).GetProperty("failures").GetInt64() > 0);
            Assert.Contains("space", Maintenance(ingest.Status()!.Value).GetProperty("last_error").GetString(), StringComparison.Ordinal);
            Send(ingest, Rounds);
            File.Delete(filler);
            ingest.Wait("small files are merged", s => Maintenance(s).GetProperty("rows_rewritten").GetInt64() > 0);
            Assert.Equal(0, ingest.Stop());
        }
        // Nothing half-written is left, even where it is looked for at once.
        var found = Tool.Run(Needs.Binary,
            ["maintenance", "orphans", "events", "-w", workspace.Warehouse, "--older-than", "0s", "--force", "--json"]).Expect(0);
        Assert.DoesNotContain(".parquet", found.Output, StringComparison.Ordinal);
        Scenario.Judge(workspace.Table("events"), records);
    }

    private static JsonElement Maintenance(JsonElement status) => Ingest.Table(status, "events")!.Value.GetProperty("maintenance");
}
