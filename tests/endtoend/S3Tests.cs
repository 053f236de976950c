using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Tables in S3, with and without a catalog server: what is promised of local files holds there.</summary>
[Collection(SharedBroker.Collection)]
public sealed class S3Tests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void WithoutACatalogServerKilledAndWithFaultsEveryOffsetIsThereOnce()
    {
        using var server = new S3Server();
        using var proxy = new FaultProxy(server.Uri);
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("s3", 3);
        var config = Config(proxy.Uri, topic);
        var validate = Validate(config);
        Assert.True(validate.ExitCode == 0, validate.All);
        foreach (var right in (string[])["list", "put", "conditional put", "read", "multipart", "delete"])
            Assert.Contains($"warehouse s3://warehouse/wh: {right}", validate.All, StringComparison.Ordinal);

        List<Produced> records = [];
        foreach (var fault in (string[])["\"drop-after\"", "\"status-after\",\"status\":500", "\"status\",\"status\":503"])
            proxy.Fail($"{{\"fault\":{fault},\"probability\":0.04,\"seed\":{fault.Length}}}");
        for (var round = 0; round < 4; round++)
        {
            records.AddRange(source.Send(topic, 3, SampleEvents.Make(seed: 510 + round, count: 1_000, firstId: round * 1_000)));
            using var ingest = Ingest.Start(workspace, config);
            if (round == 3) ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            else ingest.WaitForOffsets("events", 1 + (round * 1_000));
            if (round == 3) Assert.Equal(0, ingest.Stop());
            else ingest.Kill();
            Assert.DoesNotContain(S3Server.SecretKey, ingest.Log, StringComparison.Ordinal);
        }

        Judge(server, ["s3://warehouse/wh/default/events"], records);
        proxy.NoFaults();
        var file = workspace.File("read.ini", config);
        string[] Read(params string[] table) => [.. Tool.Run(Needs.Binary,
            ["tables", "read", .. table, "--limit", "100000", "--json", "--config", file]).Expect(0).Output.Split('\n').Order()];
        var rows = Read("events");
        Assert.Equal(records.Count, rows.Count(l => l.Length > 0));
        Assert.Equal(rows, Read("--metadata", "s3://warehouse/wh/default/events"));

        // Copied, its metadata names files at a place that is gone.
        Move(server, "warehouse/wh/default/events", "warehouse/copy");
        Assert.Equal(rows, Read("--metadata", "s3://warehouse/copy", "--moved"));
        var gone = Tool.Run(Needs.Binary, ["tables", "read", "--metadata", "s3://warehouse/copy", "--config", file]);
        Assert.True(gone.ExitCode == 5 && gone.All.Contains("--moved", StringComparison.Ordinal), gone.All);
    }

    private static void Move(S3Server server, string from, string to) => Tool.Run(
        Path.Combine(Path.GetDirectoryName(Needs.Python)!, "python"), ["-"], $"""
            import pyarrow.fs as fs
            s3 = fs.S3FileSystem(access_key='{S3Server.AccessKey}', secret_key='{S3Server.SecretKey}',
                endpoint_override='{server.Uri}', region='us-east-1')
            fs.copy_files('{from}', '{to}', source_filesystem=s3, destination_filesystem=s3)
            for file in s3.get_file_info(fs.FileSelector('{from}', recursive=True)):
                if file.is_file:
                    s3.delete_file(file.path)
            """).Expect(0);

    [IngestFact]
    public void WithARestCatalogEveryOffsetIsThereOnce()
    {
        using var server = new S3Server();
        using var rest = new RestServer(Path.Combine(workspace.Folder, "rest"), "--warehouse", $"s3://{S3Server.Bucket}/rest",
            "--s3-endpoint", server.Uri, "--s3-key", S3Server.AccessKey, "--s3-secret", S3Server.SecretKey, "--s3-region", "us-east-1");
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("s3rest", 2);
        var config = Config(server.Uri, topic).Replace($"warehouse = s3://{S3Server.Bucket}/wh",
            $"catalog = rest\nuri = {rest.Uri}\nstorage_root = s3://{S3Server.Bucket}/rest", StringComparison.Ordinal);
        List<Produced> records = [];
        for (var round = 0; round < 3; round++)
        {
            records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 530 + round, count: 500, firstId: round * 500)));
            using var ingest = Ingest.Start(workspace, config);
            if (round == 2) ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            else ingest.WaitForOffsets("events", 1 + (round * 500));
            if (round == 2) Assert.Equal(0, ingest.Stop());
            else ingest.Kill();
        }

        Judge(server, ["default.events", "--catalog", "rest", "--uri", rest.Uri], records);
    }

    [IngestFact]
    public void AStoreThatPassesOverConditionsIsRefusedAtTheStart()
    {
        using var server = new S3Server();
        using var proxy = new FaultProxy(server.Uri);
        using var source = new Source(Kafka.Brokers);
        proxy.Fail("""{"fault":"status-after","status":200,"body":"","method":"PUT","header":{"if-none-match":"."}}""");
        using var ingest = Ingest.Start(workspace, Config(proxy.Uri, source.NewTopic("conditions", 1)));
        Assert.Equal(1, ingest.WaitForExit());
        Assert.Contains("does not heed If-None-Match", ingest.Log, StringComparison.Ordinal);
    }

    [IngestFact]
    public void AStoreThatIsAwayIsWaitedFor()
    {
        using var server = new S3Server();
        using var proxy = new FaultProxy(server.Uri);
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("away", 2);
        var records = source.Send(topic, 2, SampleEvents.Make(seed: 520, count: 200));
        proxy.Down();
        using var ingest = Ingest.Start(workspace, Config(proxy.Uri, topic));
        ingest.WaitForState("events", "waiting");
        proxy.Up();
        ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
        proxy.Down();
        records = [.. records, .. source.Send(topic, 2, SampleEvents.Make(seed: 521, count: 200, firstId: 200))];
        ingest.WaitForState("events", "waiting");
        proxy.Up();
        ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
        Assert.Equal(0, ingest.Stop());
        Judge(server, ["s3://warehouse/wh/default/events"], records);
    }

    private static void Judge(S3Server server, string[] table, IReadOnlyCollection<Produced> records)
    {
        string[] forJava = [.. table, "--s3-endpoint", server.Uri, "--s3-key", S3Server.AccessKey, "--s3-secret", S3Server.SecretKey];
        string[] forPython = [.. table, "--s3", server.Uri];
        Judges.Check(forJava);
        Judges.EveryOffsetOnce(forJava, forPython, Produced.Ranges(records));
    }

    private ToolResult Validate(string config) => Tool.Run(Needs.Binary,
        ["validate", "--connect", "--config", workspace.File("validate.ini", config)]);

    private string Config(string endpoint, string topic) => Scenario.Config(workspace, Kafka.Brokers, topic,
        kafka: $"group = {topic}\ninstance_id = host-1")
        .Replace($"warehouse = {workspace.Warehouse}", $"""
            warehouse = s3://{S3Server.Bucket}/wh
            [s3]
            endpoint = {endpoint}
            region = us-east-1
            access_key_id = {S3Server.AccessKey}
            secret_access_key = {S3Server.SecretKey}
            """, StringComparison.Ordinal);
}
