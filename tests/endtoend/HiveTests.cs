using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Tables in a Hive Metastore: what is promised of a file catalog holds there.</summary>
[Collection(SharedBroker.Collection)]
public sealed class HiveTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void KilledInBetweenEveryOffsetIsThereOnce()
    {
        using var hive = new HiveServer();
        using var source = new Source(broker.Kafka.Brokers);
        var topic = source.NewTopic("hive", 2);
        var config = Scenario.Config(workspace, broker.Kafka.Brokers, topic, kafka: $"group = {topic}\ninstance_id = host-1")
            .Replace("[iceberg]", $"[iceberg]\ncatalog = hive\nuri = {hive.Uri}\nmetastore_locks = false", StringComparison.Ordinal);
        // Tables are tried where there is a place for them.
        Directory.CreateDirectory(workspace.Warehouse);
        var check = Tool.Run(Needs.Binary, ["catalogs", "check", "--config", workspace.File("check.ini", config)]).Expect(0);
        foreach (var right in (string[])["create table", "list tables", "load table", "commit", "drop table"])
            Assert.Contains($"catalog {hive.Uri}: {right}", check.Output, StringComparison.Ordinal);

        // Killed with its metadata written but the pointer not moved, then with the pointer moved and nothing known of it.
        string[] instants = ["catalog.before-version", "catalog.version-made", ""];
        List<Produced> records = [];
        foreach (var (round, instant) in instants.Index())
        {
            records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 540 + round, count: 500, firstId: round * 500)));
            using var ingest = Ingest.Start(workspace, config, environment: instant.Length == 0 ? "" : $"K2I_KILL_AT={instant}");
            if (instant.Length > 0)
            {
                Assert.Equal(137, ingest.WaitForExit());
                continue;
            }
            ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            Assert.Equal(0, ingest.Stop());
        }

        string[] table = ["default.events", "--catalog", "hive", "--uri", hive.Uri, "--warehouse", "file://" + workspace.Warehouse];
        Judges.Check(table);
        var expected = Produced.Ranges(records).SelectMany(r => (string[])["--expect", $"{r.Topic}:{r.Partition}:{r.From}:{r.To}"]);
        _ = Judges.Java.Run(["ids", .. table, .. expected]).Expect(0);
    }
}
