using System.Text.Json;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Tables in catalogs that point to metadata files: killed in between, every offset is there once.</summary>
[Collection(SharedBroker.Collection)]
public sealed class CatalogTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void InADatabaseEveryOffsetIsThereOnce()
    {
        var uri = $"jdbc:sqlite:{workspace.Folder}/catalog.db";
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("jdbc", 2);
        var records = RunWithKills(source, topic, Config(topic, $"catalog = jdbc\nuri = {uri}\nwarehouse = {workspace.Warehouse}"));
        string[] forJava =
            ["default.events", "--catalog", "jdbc", "--uri", uri, "--name", "k2i", "--warehouse", $"file://{workspace.Warehouse}"];
        Judges.Check(forJava);
        Judges.EveryOffsetOnce(forJava, [workspace.Table("events")], Produced.Ranges(records));
    }

    [MariaDbFact]
    public void InMariaDbEveryOffsetIsThereOnce()
    {
        using var server = new MariaDbServer();
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("mariadb", 2);
        var records = RunWithKills(source, topic, Config(topic, $"""
            catalog = jdbc
            uri = {server.Uri}
            user = {MariaDbServer.User}
            password = {MariaDbServer.Password}
            catalog_name = judge
            warehouse = {workspace.Warehouse}
            """));
        string[] forJava =
        [
            "default.events", "--catalog", "jdbc", "--uri", server.Uri, "--warehouse", $"file://{workspace.Warehouse}",
            "--prop", $"jdbc.user={MariaDbServer.User}", "--prop", $"jdbc.password={MariaDbServer.Password}",
        ];
        Judges.Check(MariaDbServer.Judge, forJava);
        string[] forPython =
            ["default.events", "--catalog", "sql", "--uri", server.PythonUri, "--warehouse", $"file://{workspace.Warehouse}"];
        Judges.EveryOffsetOnce(forJava, forPython, Produced.Ranges(records),
            java: MariaDbServer.Judge, python: c => server.Python(Needs.Python, c));
    }

    [IngestFact]
    public void InGlueEveryOffsetIsThereOnce()
    {
        using var server = new S3Server();
        using var glue = new GlueServer(Path.GetDirectoryName(Path.GetDirectoryName(Needs.Python))!);
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("glue", 2);
        var records = RunWithKills(source, topic, Config(topic, $"""
            catalog = glue
            uri = {glue.Uri}
            warehouse = s3://{S3Server.Bucket}/wh
            [s3]
            endpoint = {server.Uri}
            region = us-east-1
            access_key_id = {S3Server.AccessKey}
            secret_access_key = {S3Server.SecretKey}
            """));
        const string folder = $"s3://{S3Server.Bucket}/wh/default.db/events";
        string[] forJava = [folder, "--s3-endpoint", server.Uri, "--s3-key", S3Server.AccessKey, "--s3-secret", S3Server.SecretKey];
        Judges.Check(forJava);
        var config = Path.Combine(workspace.Folder, "list.ini");
        var shown = Tool.Run(Needs.Binary, ["tables", "show", "default.events", "--json", "--config", config]);
        var newest = JsonDocument.Parse(shown.Expect(0).Output).RootElement.GetProperty("metadata_location").GetString()!;
        Judges.EveryOffsetOnce(forJava, [newest, "--s3", server.Uri], Produced.Ranges(records));
    }

    /// <summary>
    /// What was produced, all of it committed; the program was killed twice on the way, once just as a pointer had been swapped.
    /// </summary>
    private List<Produced> RunWithKills(Source source, string topic, string config)
    {
        var validate = Tool.Run(Needs.Binary, ["validate", "--connect", "--config", workspace.File("validate.ini", config)]);
        Assert.True(validate.ExitCode == 0, validate.All);
        Assert.Contains("namespaces can be seen", validate.All, StringComparison.Ordinal);
        List<Produced> records = [];
        foreach (var (round, kill) in (ReadOnlySpan<(int, string)>)[(0, "K2I_KILL_AT=catalog.version-made"), (1, ""), (2, "")])
        {
            records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 540 + round, count: 500, firstId: round * 500)));
            using var ingest = Ingest.Start(workspace, config, environment: kill);
            if (kill.Length > 0)
            {
                ingest.WaitForExit();
                continue;
            }
            ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            if (round == 2) Assert.Equal(0, ingest.Stop());
            else ingest.Kill();
        }
        var listed = Tool.Run(Needs.Binary, ["tables", "--config", workspace.File("list.ini", config)]).Expect(0);
        Assert.Contains("default.events", listed.Output, StringComparison.Ordinal);
        return records;
    }

    private string Config(string topic, string iceberg) => Scenario.Config(workspace, Kafka.Brokers, topic,
        kafka: $"group = {topic}\ninstance_id = host-1").Replace($"warehouse = {workspace.Warehouse}", iceberg, StringComparison.Ordinal);
}
