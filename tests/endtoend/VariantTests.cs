using System.Text.Json;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>
/// JSON of any shape in a column of type variant: from the log after a kill, in memory, in files, merged, and read by others.
/// </summary>
[Collection(SharedBroker.Collection)]
public sealed class VariantTests(SharedBroker broker) : IDisposable
{
    private static readonly string[] Shapes =
    [
        """{"kind":"click","at":[1,2.50,{"x":-7}],"who":{"name":"Åse","tags":[]}}""", "[true,false,null]", "12345678901234567890",
        "\"text\"", "null", """{"kind":"view","deep":{"a":{"b":{"c":[[[]]]}}}}""", "1.5e300",
        "\"a text that is longer than the sixty-three bytes of a short one, by some\"",
    ];

    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void EveryShapeIsThereOnceWhereverItIsReadFrom()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("variants", 2);
        var records = source.Send(topic, 2, Events(0, 200));
        using (var ingest = Ingest.Start(workspace, Config(topic, "interval = 1h\nrows = 1000000", "id: long!, payload: variant")))
        {
            ingest.Wait("it reads", s => Ingest.Table(s, "events") is { } t && t.GetProperty("state").GetString() == "running");
            Expect(records, Scan(ingest, records));
            ingest.Kill();
        }

        // From the log, with a column more, which rows that were logged before do not have.
        var evolved = Config(topic, "interval = 500ms", "id: long!, payload: variant, more: variant");
        string config;
        using (var ingest = Ingest.Start(workspace, evolved))
        {
            config = ingest.ConfigFile;
            ingest.WaitForOffsets("events", 200);
            records = [.. records, .. source.Send(topic, 2, Events(200, 150, """{"x":1}"""))];
            Expect(records, Scan(ingest, records));
            ingest.WaitForOffsets("events", 350);
            Expect(records, Scan(ingest, records, "&source=cold"));
            // A damaged one is a dead letter, and the rest goes on.
            source.SendBad(topic, 0, """{"id":1000,"payload":{"a":1,"a":2}}"""u8.ToArray());
            ingest.Wait("the name that is there twice is a dead letter",
                s => Ingest.Table(s, "events")!.Value.GetProperty("dead_letters").EnumerateObject().Sum(l => l.Value.GetInt64()) == 1);
            CheckArrow(ingest, records);
            Assert.Equal(0, ingest.Stop());
        }

        Tool.Run(Needs.Binary, ["maintenance", "compact", "events", "--config", config]).Expect(0);
        Expect(records, Lines(Read(config, "--format", "json", "--limit", "100000")));
        var csv = Read(config, "--format", "csv", "--columns", "payload", "--filter", "id = 1");
        Assert.Contains("[true,false,null]", csv, StringComparison.Ordinal);
        var table = workspace.Table("events");
        Judges.Check(table);
        Expect(records, Judges.Rows(Reader.IcebergJava, table), Judge);
    }

    /// <summary>Where it cannot be is said before anything is read.</summary>
    [BinaryFact]
    public void VersionTwoAndKeysRefuseVariants()
    {
        var three = Config("any", "", "id: long!, payload: variant");
        var two = workspace.File("two.ini", three.Replace("format_version = 3", "", StringComparison.Ordinal));
        var refused = Tool.Run(Needs.Binary, ["validate", "--config", two]);
        Assert.Equal((2, true), (refused.ExitCode, refused.All.Contains("format_version", StringComparison.Ordinal)));
        foreach (var more in (string[])["key = payload", "partition_by = payload"])
        {
            var file = workspace.File("keys.ini", $"{three}\n{more}\n");
            refused = Tool.Run(Needs.Binary, ["validate", "--config", file]);
            Assert.True(refused.ExitCode == 2 && refused.All.Contains("payload", StringComparison.Ordinal), $"{more}: {refused.All}");
        }
    }

    private string Config(string topic, string flush, string columns) => $"""
        [kafka]
        brokers = {Kafka.Brokers}
        [iceberg]
        warehouse = {workspace.Warehouse}
        format_version = 3
        [flush]
        {flush}
        [table.events]
        topics = {topic}
        columns = '{columns}'
        """;

    private static IEnumerable<SampleEvent> Events(int from, int count, string more = "null") => Enumerable.Range(from, count).Select(id =>
    {
        var text = $$"""{"id":{{id}},"payload":{{Shapes[id % Shapes.Length]}},"more":{{more}}}""";
        return new SampleEvent(id, text, JsonDocument.Parse(text).RootElement);
    });

    private static string Read(string config, params string[] more) =>
        Tool.Run(Needs.Binary, ["tables", "read", "events", "--config", config, .. more]).Expect(0).Output;

    private static List<JsonElement> Scan(Ingest ingest, List<Produced> records, string more = "")
    {
        var offsets = string.Join(',', Produced.Ranges(records).Select(r => $"{r.Topic}:{r.Partition}:{r.To}"));
        var (code, body) = ingest.Get($"/v1/tables/events/scan?format=ndjson&limit=100000&min_offsets={offsets}&wait=60s{more}");
        Assert.True(code == 200, body);
        return Lines(body);
    }

    private static List<JsonElement> Lines(string text) =>
        [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    private static void Expect(List<Produced> records, List<JsonElement> rows, Func<string, string>? shown = null)
    {
        static JsonElement? Field(JsonElement row, string name) =>
            row.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;
        Assert.Equal(records.Count, rows.Count);
        var byId = rows.ToDictionary(r => r.GetProperty("id").GetInt64());
        foreach (var expected in records.Select(r => r.Row!.Value))
        {
            var row = byId[expected.GetProperty("id").GetInt64()];
            foreach (var name in (string[])["payload", "more"])
            {
                var (a, b) = (Field(expected, name), Field(row, name));
                Assert.Equal(a is null, b is null);
                if (a is null) continue;
                var text = shown is null ? a.Value.GetRawText() : shown(a.Value.GetRawText());
                Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(text).RootElement, b!.Value), $"{text} is {b.Value.GetRawText()}");
            }
        }
    }

    /// <summary>As the judge shows it: decimals are texts there.</summary>
    private static string Judge(string json) => json.Replace("2.50", "\"2.50\"", StringComparison.Ordinal) switch
    {
        "12345678901234567890" => "\"12345678901234567890\"",
        var text => text,
    };

    private void CheckArrow(Ingest ingest, List<Produced> records)
    {
        var file = Path.Combine(workspace.Folder, "rows.arrow");
        File.WriteAllBytes(file, ingest.GetBytes("/v1/tables/events/scan?format=arrow&limit=100000"));
        var read = Tool.Run(Path.Combine(Path.GetDirectoryName(Needs.Python)!, "python"), ["-c", """
            import pyarrow.ipc, sys
            table = pyarrow.ipc.open_stream(sys.argv[1]).read_all()
            table.validate(full=True)
            payload = table.column('payload').combine_chunks()
            storage = payload.storage if hasattr(payload, 'storage') else payload
            rows = [p for p in storage.to_pylist() if p is not None]
            assert all(set(p) == {'metadata', 'value'} and p['metadata'][0] & 15 == 1 for p in rows)
            print(len(table), len(rows))
            """, file]).Expect(0);
        var there = records.Count(r => r.Row!.Value.GetProperty("payload").ValueKind != JsonValueKind.Null);
        Assert.Equal($"{records.Count} {there}", read.Output.Trim());
    }
}
