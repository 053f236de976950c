using System.Text.Json;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>
/// Rows asked of the running program: as soon as they are produced, across flushes, by key, as Arrow, as they come, and after it has ended.
/// </summary>
[Collection(SharedBroker.Collection)]
public sealed class QueryTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public async Task ARowIsThereAsSoonAsItIsAskedForAndOnceWhateverIsFlushed()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("asked", 2);
        var records = source.Send(topic, 2, SampleEvents.Make(seed: 401, count: 300));
        using (var ingest = Ingest.Start(workspace, Config(topic, "rows = 100000\ninterval = 1h")))
        {
            // Nothing is in the table yet, and all is in the answer.
            Assert.Equal(Identities(records), Scan(ingest, records));
            Assert.Empty(Scan(ingest, records, "&source=cold"));
            var one = records[17].Row!.Value.GetProperty("id");
            var found = ingest.Get($"/v1/tables/events/rows/{one}");
            Assert.Equal(200, found.Code);
            Assert.Equal(Identity(records[17]), Produced.Identity(JsonDocument.Parse(found.Body).RootElement));
            Assert.Equal(404, ingest.Get("/v1/tables/events/rows/-77").Code);
            Assert.Equal(404, ingest.Get("/v1/tables/nothing/scan").Code);
            Assert.Equal(400, ingest.Get("/v1/tables/events/scan?where=nocolumn+%3D+1").Code);

            using var ended = new CancellationTokenSource(TimeSpan.FromSeconds(120));
            var followed = Follow(ingest, Offsets(records), 200, ended.Token);
            records = [.. records, .. source.Send(topic, 2, SampleEvents.Make(seed: 402, count: 200))];
            Assert.Equal(Identities(records.Skip(300)), (await followed).Order(StringComparer.Ordinal));
            Assert.Equal(Identities(records), Scan(ingest, records));

            var query = Query(ingest.ConfigFile, "--where", $"id = {one}");
            Assert.Contains(Identity(records[17]), Lines(query.Output));
            Assert.Equal(0, ingest.Stop());
        }

        // It has flushed before it ended; without it the table alone is read, and that is said.
        var cold = Query(Path.Combine(workspace.Folder, "k2i.ini"));
        Assert.Equal(Identities(records), Lines(cold.Output));
        Assert.NotEqual("", cold.Errors);
        Scenario.Judge(workspace.Table("events"), records);
    }

    [IngestFact]
    public void WhileItFlushesNoAnswerLacksARowOrHasOneTwice()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("flushing", 3);
        var records = source.Send(topic, 3, SampleEvents.Make(seed: 403, count: 50));
        using var ingest = Ingest.Start(workspace, Config(topic, "rows = 60\ninterval = 300ms"), engine: "lanes = 2");
        for (var i = 0; i < 25; i++)
        {
            records = [.. records, .. source.Send(topic, 3, SampleEvents.Make(seed: 404 + i, count: 40))];
            Assert.Equal(Identities(records), Scan(ingest, records));
        }

        ingest.WaitForOffsets("events", Scenario.TotalOffsets(records));
        Assert.Equal(Identities(records), Scan(ingest, records, "&source=cold"));
        var status = ingest.Status()!.Value;
        Assert.True(Ingest.Table(status, "events")!.Value.GetProperty("commits").GetInt64() > 1);
        Assert.Equal(0, ingest.Stop());
    }

    [IngestFact]
    public void ArrowFromMemoryAndFromFilesIsWhatPyArrowReads()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("arrow", 2);
        var records = source.Send(topic, 2, SampleEvents.Make(seed: 430, count: 200));
        using var ingest = Ingest.Start(workspace, Config(topic, "rows = 150\ninterval = 1h"));
        ingest.WaitForRows("events", 150);
        records = [.. records, .. source.Send(topic, 2, SampleEvents.Make(seed: 431, count: 60))];
        _ = Scan(ingest, records);
        var file = Path.Combine(workspace.Folder, "rows.arrow");
        var path = $"/v1/tables/events/scan?format=arrow&limit=100000&min_offsets={Offsets(records)}&wait=60s";
        File.WriteAllBytes(file, ingest.GetBytes(path));
        var read = Tool.Run(Path.Combine(Path.GetDirectoryName(Needs.Python)!, "python"), ["-c", """
            import pyarrow.ipc, sys
            table = pyarrow.ipc.open_stream(sys.argv[1]).read_all()
            table.validate(full=True)
            for k in table.column('_kafka').to_pylist(): print(f"{k['topic']}:{k['partition']}:{k['offset']}")
            """, file]).Expect(0);
        Assert.Equal(Identities(records), read.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Equal(0, ingest.Stop());
    }

    /// <summary>Of rows that are in memory and in files both, and of some that are in memory alone.</summary>
    [IngestFact]
    public void RandomFiltersFindWhatDuckDbFindsInMemoryAndInFiles()
    {
        const int Seed = 17, Filters = 50;
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("judged", 2);
        var records = source.Send(topic, 2, SampleEvents.Make(seed: 440, count: 300));
        var config = Config(topic, "rows = 200\ninterval = 1h") + "\n[query]\nhot_ttl = 1h";
        using var ingest = Ingest.Start(workspace, config);
        ingest.WaitForRows("events", 200);
        var rest = SampleEvents.Make(seed: 441, count: 90, firstId: 1_000);
        records = [.. records, .. source.Send(topic, 2, rest)];
        Assert.Equal(Identities(records), Scan(ingest, records, "&source=hot"));
        var flushed = Ingest.Table(ingest.Status()!.Value, "events")!.Value.GetProperty("partitions").EnumerateArray()
            .Select(p => $"{p.GetProperty("partition")}:{p.GetProperty("committed_offset")}");
        var rows = workspace.File("rows.json", string.Join('\n', Produced.Rows(records)));
        var judged = Tool.Run(Path.Combine(Path.GetDirectoryName(Needs.Python)!, "python"),
            [Repository.Path("tests/readers/judge_queries.py"), $"{ingest.UriOf("/v1/tables/events")}", rows, string.Join(',', flushed),
                $"{Seed}", $"{Filters}"]);
        Assert.True(judged.ExitCode == 0, judged.All);
        Assert.Equal(0, ingest.Stop());
    }

    [IngestFact]
    public void TheDescriptionOfWhatMayBeAskedIsOpenApi()
    {
        using var source = new Source(Kafka.Brokers);
        using var ingest = Ingest.Start(workspace, Config(source.NewTopic("described", 1), "interval = 1h"));
        ingest.Wait("it answers", _ => true);
        Assert.Equal("3.1", Judges.OpenApiVersion(workspace.File("openapi.json", ingest.Get("/v1/openapi.json").Body)));
        Assert.Equal(0, ingest.Stop());
    }

    private string Config(string topic, string flush) => $"""
        [kafka]
        brokers = {Kafka.Brokers}
        group = {topic}
        [iceberg]
        warehouse = {workspace.Warehouse}
        [flush]
        {flush}
        [table.events]
        topics = {topic}
        columns = '{SampleEvents.Columns}'
        key = id
        """;

    /// <summary>Reads what was written: the answer is at least as far as these records.</summary>
    private static IEnumerable<string> Scan(Ingest ingest, IReadOnlyCollection<Produced> records, string more = "")
    {
        var path = $"/v1/tables/events/scan?format=ndjson&columns=_kafka&limit=100000&min_offsets={Offsets(records)}&wait=60s{more}";
        var (code, body) = (0, "");
        // The table is not open, or its partitions are not assigned yet.
        for (var tries = 0; tries < 600 && code is 0 or 503 or 504; tries++)
        {
            try
            {
                (code, body) = ingest.Get(path);
            }
            catch (HttpRequestException)
            {
                code = 0;
            }

            if (code is not 200) Thread.Sleep(100);
        }

        Assert.True(code == 200, $"{code}: {body}\n{ingest.Log}");
        return Lines(body);
    }

    private static async Task<List<string>> Follow(Ingest ingest, string from, int count, CancellationToken stop)
    {
        using var http = new HttpClient();
        var uri = ingest.UriOf($"/v1/tables/events/follow?columns=_kafka&from={from}");
        using var response = await http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, stop);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(stop));
        var found = new List<string>();
        while (found.Count < count && await reader.ReadLineAsync(stop) is { } line)
            if (line.StartsWith("data: {", StringComparison.Ordinal)) found.AddRange(Lines(line["data: ".Length..]));
        return found;
    }

    private static ToolResult Query(string config, params string[] more) =>
        Tool.Run(Needs.Binary, ["query", "events", "--config", config, "--columns", "_kafka", .. more]).Expect(0);

    private static string Offsets(IReadOnlyCollection<Produced> records) =>
        Uri.EscapeDataString(string.Join(',', Produced.Ranges(records).Select(r => $"{r.Topic}:{r.Partition}:{r.To}")));

    private static IEnumerable<string> Identities(IEnumerable<Produced> records) => records.Select(Identity).Order(StringComparer.Ordinal);

    private static string Identity(Produced record) => $"{record.Topic}:{record.Partition}:{record.Offset}";

    private static IEnumerable<string> Lines(string ndjson) =>
        ndjson.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => Produced.Identity(JsonDocument.Parse(l).RootElement))
            .Order(StringComparer.Ordinal);
}
