using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Tables in Google's and Azure's stores, without a catalog server: killed, with faults, every offset is there once.</summary>
[Collection(SharedBroker.Collection)]
public sealed class CloudTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void InGoogleKilledAndWithFaultsEveryOffsetIsThereOnce()
    {
        using var server = new GcsServer();
        using var proxy = new FaultProxy(server.Uri);
        EveryOffsetOnce("gcs", proxy, $"gs://{GcsServer.Bucket}/wh", $"[gcs]\nendpoint = {proxy.Uri}\nanonymous = true");
    }

    [AzureFact]
    public void InAzureKilledAndWithFaultsEveryOffsetIsThereOnce()
    {
        using var server = new AzureServer();
        using var proxy = new FaultProxy(server.Uri);
        EveryOffsetOnce("azure", proxy, AzureServer.At("wh"), $"[azure]\nendpoint = {proxy.Uri}\naccount_key = {AzureServer.Key}");
    }

    private void EveryOffsetOnce(string name, FaultProxy proxy, string warehouse, string section)
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic(name, 2);
        var config = Scenario.Config(workspace, Kafka.Brokers, topic, kafka: $"group = {topic}\ninstance_id = host-1")
            .Replace($"warehouse = {workspace.Warehouse}", $"warehouse = {warehouse}\n{section}", StringComparison.Ordinal);
        var validate = Tool.Run(Needs.Binary, ["validate", "--connect", "--config", workspace.File("validate.ini", config)]);
        Assert.True(validate.ExitCode == 0, validate.All);
        foreach (var right in (string[])["list", "put", "conditional put", "read", "multipart", "delete"])
            Assert.Contains($"warehouse {warehouse}: {right}", validate.All, StringComparison.Ordinal);

        List<Produced> records = [];
        foreach (var fault in (string[])["\"drop-after\"", "\"status-after\",\"status\":500", "\"status\",\"status\":503"])
            proxy.Fail($"{{\"fault\":{fault},\"probability\":0.04,\"seed\":{fault.Length}}}");
        for (var round = 0; round < 3; round++)
        {
            records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 610 + round, count: 500, firstId: round * 500)));
            using var ingest = Ingest.Start(workspace, config);
            if (round == 2) ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            else ingest.WaitForOffsets("events", 1 + (round * 500));
            if (round == 2) Assert.Equal(0, ingest.Stop());
            else ingest.Kill();
            Assert.DoesNotContain(AzureServer.Key, ingest.Log, StringComparison.Ordinal);
        }
        proxy.NoFaults();
        var read = Tool.Run(Needs.Binary, ["tables", "read", "events", "--limit", "100000", "--json", "--config",
            workspace.File("read.ini", config)]).Expect(0);
        var rows = read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(records.Count, rows.Length);
        Assert.Equal(rows.Length, rows.Distinct(StringComparer.Ordinal).Count());
    }
}
