using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>What becomes of records that are no rows, by each policy, and how they come back.</summary>
[Collection(SharedBroker.Collection)]
public sealed class DeadLetterTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void ATopicTakesThemWithTheirOrigin()
    {
        using var source = new Source(Kafka.Brokers);
        var (topic, letters) = (source.NewTopic("letters", 1), source.NewTopic("letters-out", 1));
        var records = Mixed(source, topic);
        Scenario.RunUntilCommitted(workspace, Scenario.Config(workspace, Kafka.Brokers, topic, table: $"dead_letter = topic\ndead_letter_topic = {letters}"), "events", records);
        Scenario.Judge(workspace.Table("events"), records);
        var bad = records.Where(r => r.Row is null).ToList();
        var found = source.ReadAll(letters, Kafka.Brokers);
        Assert.Equal(bad.Select(r => r.Offset), found.Select(m => long.Parse(Header(m, "k2i.offset"))));
        Assert.Equal(bad.Select(r => r.Value), found.Select(m => m.Value is null ? "" : Encoding.Latin1.GetString(m.Value)));
        Assert.All(found, m => Assert.Equal(topic, Header(m, "k2i.topic")));
        Assert.All(found, m => Assert.NotEqual("", Header(m, "k2i.error")));
    }

    [IngestFact]
    public void DroppedOnesAreCounted()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("dropped", 1);
        var records = Mixed(source, topic);
        using (var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic, table: "dead_letter = drop")))
        {
            ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
            var counts = Ingest.Table(ingest.Status()!.Value, "events")!.Value.GetProperty("dead_letters").EnumerateObject().Sum(c => c.Value.GetInt64());
            Assert.Equal(records.Count(r => r.Row is null), counts);
            Assert.Equal(0, ingest.Stop());
        }

        Scenario.Judge(workspace.Table("events"), records);
        Assert.False(Directory.Exists(workspace.Table("events_dead_letters")));
    }

    [IngestFact]
    public void CorrectedOnesBecomeRows()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("corrected", 1);
        var records = Mixed(source, topic);
        using var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic));
        ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
        DeadLetters.AssertHold(workspace.Table("events_dead_letters"), records);

        var file = Path.Combine(workspace.Folder, "letters.jsonl");
        Replay(ingest, "--export", file).Expect(0);
        var bad = records.Where(r => r.Row is null).ToList();
        var lines = File.ReadAllLines(file);
        Assert.Equal(bad.Count, lines.Length);
        // A person corrects all of them, keeps one aside.
        File.WriteAllLines(file, lines.Skip(1).Select((l, i) => Corrected(l, $$"""{"id":{{9_000 + i}}}""")));
        Replay(ingest, "--import", file).Expect(0);
        ingest.WaitForOffsets("events", Scenario.TotalOffsets(records) + bad.Count - 1);
        // Again is not twice.
        Replay(ingest, "--import", file).Expect(0);
        Assert.Equal(0, ingest.Stop());
        var ids = Judges.Rows(Reader.IcebergJava, workspace.Table("events")).Select(r => r.GetProperty("id").GetInt64()).ToList();
        Assert.Equal(records.Where(r => r.Row is not null).Select(r => r.Row!.Value.GetProperty("id").GetInt64()).Concat(Enumerable.Range(9_000, bad.Count - 1).Select(i => (long)i)).Order(), ids.Order());
    }

    /// <summary>Killed between producing and remembering it: whether they arrived is not known, and so only a person's word has them produced again.</summary>
    [IngestTheory]
    [InlineData("replay.started")]
    [InlineData("replay.produced")]
    public void AReplayThatIsKilledDoublesNothingByItself(string point)
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("broken-off", 1);
        var records = Mixed(source, topic);
        Scenario.RunUntilCommitted(workspace, Scenario.Config(workspace, Kafka.Brokers, topic), "events", records);
        var config = workspace.File("k2i.ini", Scenario.Config(workspace, Kafka.Brokers, topic) + $"\n[engine]\ndata_dir = {workspace.Data}\n");
        string[] replay = ["replay", "--dead-letters", "events", "--json", "--config", config];
        Assert.Equal(137, Tool.Run(Needs.Binary, replay, environment: new Dictionary<string, string> { ["K2I_KILL_AT"] = point }).ExitCode);
        var arrived = source.ReadAll(topic, Kafka.Brokers).Count - records.Count;
        var again = JsonDocument.Parse(Tool.Run(Needs.Binary, replay).Expect(0).Output).RootElement;
        var bad = records.Count(r => r.Row is null);
        Assert.Equal(bad, again.GetProperty("replayed").GetInt64() + again.GetProperty("in_doubt").GetInt64() + again.GetProperty("replayed_before").GetInt64());
        var after = source.ReadAll(topic, Kafka.Brokers).Count - records.Count;
        Assert.InRange(after, 0, bad);
        Assert.Equal(arrived + again.GetProperty("replayed").GetInt64(), after);
    }

    private static string Header(Message<byte[], byte[]> message, string name) => Encoding.UTF8.GetString(message.Headers.GetLastBytes(name));

    private static string Corrected(string line, string value)
    {
        var letter = System.Text.Json.Nodes.JsonNode.Parse(line)!.AsObject();
        letter["value_text"] = value;
        letter.Remove("value_base64");
        return letter.ToJsonString();
    }

    private static ToolResult Replay(Ingest ingest, params string[] arguments) => Tool.Run(Needs.Binary, ["replay", "--dead-letters", "events", "--config", ingest.ConfigFile, .. arguments]);

    private static List<Produced> Mixed(Source source, string topic)
    {
        List<Produced> records = [.. source.Send(topic, 1, SampleEvents.Make(seed: 151, count: 20))];
        records.Add(source.SendBad(topic, 0, "{\"id\": 1"u8.ToArray()));
        records.Add(source.SendBad(topic, 0, "{\"id\": \"not a number\"}"u8.ToArray()));
        records.AddRange(source.Send(topic, 1, SampleEvents.Make(seed: 152, count: 20, firstId: 20)));
        records.Add(source.SendBad(topic, 0, null));
        return records;
    }
}
