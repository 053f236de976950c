using System.Text.Json;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Tables in S3 without a key of one's own: the catalog hands them out, for moments.</summary>
[Collection(SharedBroker.Collection)]
public sealed class VendedKeysTests(SharedBroker broker) : IDisposable
{
    private const int LifeSeconds = 5;

    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void KilledAndWithKeysThatEndEveryOffsetIsThereOnce()
    {
        using var server = new S3Server();
        using var gate = new TokenGate(server.Uri, TimeSpan.FromSeconds(LifeSeconds));
        using var rest = new RestServer(Path.Combine(workspace.Folder, "rest"), "--warehouse", $"s3://{S3Server.Bucket}/vended",
            "--s3-endpoint", server.Uri, "--s3-key", S3Server.AccessKey, "--s3-secret", S3Server.SecretKey, "--s3-region", "us-east-1",
            "--vend", "asked", "--vend-ttl", $"{LifeSeconds}");
        using var source = new Source(broker.Kafka.Brokers);
        var topic = source.NewTopic("granted", 2);
        var config = Scenario.Config(workspace, broker.Kafka.Brokers, topic, kafka: $"group = {topic}\ninstance_id = host-1")
            .Replace($"warehouse = {workspace.Warehouse}", $"""
                catalog = rest
                uri = {rest.Uri}
                [s3]
                endpoint = {gate.Uri}
                """, StringComparison.Ordinal);
        List<Produced> records = [];
        for (var round = 0; round < 3; round++)
        {
            records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 610 + round, count: 500, firstId: round * 500)));
            using var ingest = Ingest.Start(workspace, config);
            ingest.WaitForOffsets("events", round == 2 ? Scenario.TotalOffsets(records) : 1 + (round * 500));
            if (round < 2)
            {
                ingest.Kill();
                continue;
            }
            // Past the end of the first keys, and on.
            var tokens = gate.Tokens;
            ingest.Wait("other keys are asked for", _ =>
            {
                records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: records.Count, count: 10, firstId: records.Count)));
                return gate.Tokens > tokens + 2;
            });
            ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            Assert.Equal(0, ingest.Stop());
            Assert.DoesNotContain("vended-", ingest.Log, StringComparison.Ordinal);
            Assert.DoesNotContain(S3Server.SecretKey, ingest.Log, StringComparison.Ordinal);
        }

        string[] table = ["default.events", "--catalog", "rest", "--uri", rest.Uri];
        string[] forJava = [.. table, "--s3-endpoint", server.Uri, "--s3-key", S3Server.AccessKey, "--s3-secret", S3Server.SecretKey];
        Judges.Check(forJava);
        var file = workspace.File("look.ini", config);
        // PyIceberg takes keys that are handed out for its own, and the store knows those of the gate alone: it is shown the file.
        var shown = Tool.Run(Needs.Binary, ["tables", "show", "events", "--json", "--config", file]).Expect(0);
        var newest = JsonDocument.Parse(shown.Output).RootElement.GetProperty("metadata_location").GetString()!;
        Judges.EveryOffsetOnce(forJava, [newest, "--s3", server.Uri], Produced.Ranges(records));

        var read = Tool.Run(Needs.Binary, ["tables", "read", "events", "--limit", "100000", "--json", "--config", file]).Expect(0);
        Assert.Equal(records.Count, read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var validate = Tool.Run(Needs.Binary, ["validate", "--connect", "--config", file]);
        Assert.True(validate.ExitCode == 0, validate.All);
        foreach (var right in (string[])["list", "put", "read", "multipart", "delete"])
            Assert.Contains($"files of default.events: {right}", validate.All, StringComparison.Ordinal);
        Assert.Equal(0, Tool.Run(Needs.Binary, ["maintenance", "all", "events", "--config", file]).ExitCode);
        Judges.Check(forJava);
    }
}
