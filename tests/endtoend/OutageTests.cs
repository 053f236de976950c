using System.Globalization;
using System.Text.RegularExpressions;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>What is away comes back, and until then memory stays within its bounds.</summary>
public sealed partial class OutageTests : IDisposable
{
    /// <summary>What a process may take beside its budget.</summary>
    private const long MemoryBudget = 48L << 20, Over = 64L << 20;

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void CatalogAndKafkaAwayForLongCostNothing()
    {
        using var kafka = RealKafka.Start("--set", "auto.create.topics.enable=false");
        using var server = new RestServer(Path.Combine(workspace.Folder, "rest"));
        using var source = new Source(kafka.Brokers);
        var topic = source.NewTopic("outage", 2);
        var config = $"""
            [kafka]
            brokers = {kafka.Brokers}
            [iceberg]
            catalog = rest
            uri = {server.Uri}
            storage_root = {server.Warehouse}
            [flush]
            interval = 1s
            [table.events]
            topics = {topic}
            format = raw
            """;
        List<Produced> records = [.. source.Send(topic, 2, Large(0, 1_000))];
        using var ingest = Ingest.Start(workspace, config, engine: $"memory = {MemoryBudget >> 20}MiB");
        ingest.WaitForOffsets("events", 1_000);

        server.Kill();
        // More than memory may hold: fetching has to be held back.
        for (var round = 1; round <= 30; round++) records.AddRange(source.Send(topic, 2, Large(round * 1_000, 1_000)));
        ingest.Wait("backpressure reaches Kafka", s => Ingest.Table(s, "events")?.GetProperty("backpressure").GetBoolean() == true);
        ingest.Wait("the trouble has a name", s => Ingest.Table(s, "events") is { } t && t.GetProperty("state").GetString() == "waiting" && t.GetProperty("detail").GetString() != "");
        kafka.Kill();
        Thread.Sleep(5_000);
        AssertBounded(ingest);
        kafka.Restart();
        Thread.Sleep(10_000);
        AssertBounded(ingest);
        Assert.True(Ingest.Table(ingest.Status()!.Value, "events")!.Value.GetProperty("rows_committed").GetInt64() < records.Count);
        server.Restart();
        ingest.WaitForOffsets("events", records.Count);
        AssertBounded(ingest);
        Assert.Equal(0, ingest.Stop());
        string[] table = ["default.events", "--catalog", "rest", "--uri", server.Uri];
        Judges.EveryOffsetOnce(table, table, Produced.Ranges(records));
    }

    private static IEnumerable<SampleEvent> Large(int first, int count) =>
        Enumerable.Range(first, count).Select(i => new SampleEvent(i, new string((char)('a' + (i % 26)), 2_000) + i, System.Text.Json.JsonDocument.Parse("{}").RootElement));

    private static void AssertBounded(Ingest ingest)
    {
        var resident = long.Parse(Resident().Match(File.ReadAllText($"/proc/{ingest.Id}/status")).Groups[1].Value, CultureInfo.InvariantCulture) << 10;
        Assert.True(resident <= MemoryBudget + Over, $"{resident >> 20} MiB resident, {MemoryBudget >> 20} MiB are its budget");
    }

    [GeneratedRegex(@"VmRSS:\s+(\d+) kB")]
    private static partial Regex Resident();
}
