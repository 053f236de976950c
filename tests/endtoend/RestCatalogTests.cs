using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Tables of a REST catalog, as they are in production: behind a login that expires, with answers that get lost.</summary>
[Collection(SharedBroker.Collection)]
public sealed class RestCatalogTests(SharedBroker broker) : IDisposable
{
    private const string Client = "k2i:a-secret-of-tests";
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void ALoginThatExpiresIsRenewed()
    {
        using var server = new RestServer(Folder, "--client", Client, "--token-ttl", "2");
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("login", 2);
        List<Produced> records = [];
        using (var ingest = Ingest.Start(workspace, Config(server, topic, $"credential = {Client}")))
        {
            for (var round = 0; round < 4; round++)
            {
                records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 120 + round, count: 100, firstId: round * 100)));
                ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
                // Longer than a token lives.
                Thread.Sleep(2_500);
            }

            Assert.Equal(0, ingest.Stop());
            Assert.DoesNotContain("a-secret-of-tests", ingest.Log, StringComparison.Ordinal);
        }

        var table = ForJava(server, "--credential", Client);
        Judges.Check(table);
        Judges.EveryOffsetOnce(table, [TableFolder(server)], Produced.Ranges(records));
        Assert.Contains("token", server.Log(), StringComparison.Ordinal);
    }

    [IngestFact]
    public void LostAnswersNeitherLoseNorDouble()
    {
        using var server = new RestServer(Folder);
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("faults", 2);
        List<Produced> records = [];
        using (var ingest = Ingest.Start(workspace, Config(server, topic, "")))
        {
            string[] faults =
            [
                """{"do":"apply-drop"}""", """{"do":"apply-status","status":504}""", """{"do":"apply-cut"}""", """{"do":"late","ms":500}""", """{"do":"twice"}""",
                """{"do":"conflict"}""", """{"do":"drop"}""", """{"do":"status","status":503}""", """{"do":"stale","on":"load"}""",
            ];
            var round = 0;
            foreach (var fault in faults)
            {
                server.Fail(fault);
                records.AddRange(source.Send(topic, 2, SampleEvents.Make(seed: 130 + round, count: 50, firstId: round * 50)));
                ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
                round++;
            }

            Assert.Equal(0, ingest.Stop());
        }

        server.NoFaults();
        Judges.Check(ForJava(server));
        Judges.EveryOffsetOnce(ForJava(server), [TableFolder(server)], Produced.Ranges(records));
    }

    [IngestFact]
    public void ACatalogBehindTlsIsUsedOnceItsAuthorityIsTrusted()
    {
        using var server = new RestServer(Folder);
        using var authority = new PrivateAuthority();
        using var proxy = TlsServer.Before(server.Uri, authority.Issue());
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("tls", 1);
        var records = source.Send(topic, 1, SampleEvents.Make(seed: 140, count: 50));
        var config = Config(server, topic, "").Replace(server.Uri, proxy.Uri, StringComparison.Ordinal);
        using (var stranger = Ingest.Start(workspace, config, "stranger"))
        {
            stranger.Wait("it says that the certificate is not trusted", _ => stranger.Log.Contains("certificate", StringComparison.OrdinalIgnoreCase));
            stranger.WaitForState("events", "waiting");
            stranger.Stop();
        }

        using (var ingest = Ingest.Start(workspace, config, environment: $"SSL_CERT_FILE={authority.File}"))
        {
            ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            Assert.Equal(0, ingest.Stop());
        }

        Judges.Check(ForJava(server));
        Judges.EveryOffsetOnce(ForJava(server), [TableFolder(server)], Produced.Ranges(records));
    }

    private string Folder => Path.Combine(workspace.Folder, "rest");

    private string Config(RestServer server, string topic, string login) => Scenario.Config(workspace, Kafka.Brokers, topic)
        .Replace($"warehouse = {workspace.Warehouse}", $"catalog = rest\nuri = {server.Uri}\nstorage_root = {server.Warehouse}\n{login}", StringComparison.Ordinal);

    /// <summary>Where the server put the table: the Python judge, which has no login, takes its newest metadata file.</summary>
    private static string[] ForJava(RestServer server, params string[] login) =>
        ["default.events", "--catalog", "rest", "--uri", server.Uri, .. login];

    private static string TableFolder(RestServer server) => Directory.EnumerateDirectories(server.Warehouse, "events*", SearchOption.AllDirectories).Single();
}
