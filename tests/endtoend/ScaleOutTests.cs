using System.Text.Json;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Processes of several lanes share one group: they come, go, die and freeze, and each record is in its table once.</summary>
[Collection(SharedBroker.Collection)]
public sealed class ScaleOutTests(SharedBroker broker) : IDisposable
{
    private const int Partitions = 12, OtherPartitions = 3;

    private const string Lanes = "lanes = 2";

    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestTheory]
    [InlineData("classic", "session.timeout.ms = 4000\nheartbeat.interval.ms = 500")]
    [InlineData("consumer", "")]
    public void EveryRecordIsThereOnceWhateverBecomesOfTheProcesses(string protocol, string settings)
    {
        using var source = new Source(Kafka.Brokers);
        var (topic, other) = (source.NewTopic("scale", Partitions), source.NewTopic("scale-other", OtherPartitions));
        var config = Config(topic, other, $"group_protocol = {protocol}\n{settings}");
        using var load = new Load(source, topic, other);
        using var first = Ingest.Start(workspace, config, "-a", Lanes);
        using var stays = Ingest.Start(workspace, config, "-b", Lanes);
        Share(first, stays);
        // Frozen for longer than its session, it wakes up to find that others have its partitions.
        stays.Signal("STOP");
        using var goes = Ingest.Start(workspace, config, "-c", Lanes);
        Share(first, goes);
        stays.Signal("CONT");
        Share(first, stays, goes);
        first.Kill();
        Share(stays, goes);
        // It is added again, with what its logs have of a former life.
        using var again = Ingest.Start(workspace, config, "-a", Lanes);
        Share(again, stays, goes);
        Assert.Equal(0, goes.Stop());
        Share(again, stays);
        var records = load.Finish().ToLookup(r => r.Topic);
        foreach (var (table, of) in new[] { ("events", topic), ("others", other) })
        {
            var offsets = Scenario.TotalOffsets(records[of]);
            stays.Wait(
                $"both together have committed {offsets} of {table}", _ => again.Committed(table) + stays.Committed(table) >= offsets);
        }
        Assert.Equal(0, again.Stop());
        Assert.Equal(0, stays.Stop());
        Assert.Contains("given to another member", stays.Log, StringComparison.Ordinal);
        Judge("events", records[topic]);
        Judge("others", records[other]);
    }

    /// <summary>A host that comes back under its name has the partitions that it had, and no other host's move.</summary>
    [IngestTheory]
    [InlineData("classic", "session.timeout.ms = 30000\nheartbeat.interval.ms = 500", true)]
    [InlineData("consumer", "", false)]
    public void AStaticMemberComesBackWithoutARebalance(string protocol, string settings, bool whateverItsEnd)
    {
        using var source = new Source(Kafka.Brokers);
        var (topic, other) = (source.NewTopic("static", Partitions), source.NewTopic("static-other", OtherPartitions));
        var kafka = $"group_protocol = {protocol}\n{settings}";
        using var stays = Ingest.Start(workspace, Config(topic, other, $"{kafka}\ninstance_id = one"), "-one", Lanes);
        var config = Config(topic, other, $"{kafka}\ninstance_id = two");
        var comesBack = Ingest.Start(workspace, config, "-two", Lanes);
        List<Produced> records = [];
        try
        {
            Share(stays, comesBack);
            var (own, moved) = (PartitionsOf(comesBack), Moves(stays));
            foreach (var isKilled in whateverItsEnd ? new[] { false, true } : [false])
            {
                if (isKilled) comesBack.Kill();
                else Assert.Equal(0, comesBack.Stop());
                comesBack.Dispose();
                var more = SampleEvents.Make(seed: 720 + records.Count, count: 60, firstId: records.Count);
                records.AddRange(source.Send(topic, Partitions, more));
                comesBack = Ingest.Start(workspace, config, "-two", Lanes);
                Share(stays, comesBack);
                comesBack.Wait(
                    "it goes on where it was", _ => stays.Committed("events") + comesBack.Committed("events") >= records.Count);
                Assert.Equal(own, PartitionsOf(comesBack));
                Assert.Equal(moved, Moves(stays));
            }
            Assert.Equal(0, comesBack.Stop());
            Assert.Equal(0, stays.Stop());
        }
        finally
        {
            comesBack.Dispose();
        }
        Judge("events", records);
    }

    /// <summary>Of a partition that another process reads a process knows what is committed: it looks there for who waits.</summary>
    [IngestFact]
    public void WhoWaitsForOffsetsOfAnotherProcessIsAnsweredOnceTheyAreCommitted()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("shared", 2);
        var config = Scenario.Config(workspace, Kafka.Brokers, topic, kafka: $"group = {topic}");
        using var asked = Ingest.Start(workspace, config, "-a", "lanes = 1");
        using var reads = Ingest.Start(workspace, config, "-b", "lanes = 1");
        asked.Wait("each reads a partition", _ => asked.Status() is not null && reads.Status() is not null
            && new[] { PartitionsOf(asked), PartitionsOf(reads) }.Order().SequenceEqual([$"{topic}[0]", $"{topic}[1]"]));
        var ofOther = PartitionsOf(reads).EndsWith("[1]", StringComparison.Ordinal) ? 1 : 0;
        List<Produced> records = [];
        // The first commit may come while it looks by itself.
        for (var round = 0; round < 3; round++)
        {
            var more = SampleEvents.Make(seed: 730 + round, count: 40, firstId: round * 40).Where(e => e.Id % 2 == ofOther);
            records.AddRange(source.Send(topic, 2, more));
            var next = records.Max(r => r.Offset) + 1;
            var wanted = $"{topic}:{ofOther}:{next}";
            var (code, body) = asked.Get($"/v1/tables/events/scan?format=ndjson&columns=_kafka&min_offsets={wanted}&wait=40s");
            Assert.True(code == 200, $"{code}: {body}\n{asked.Log}");
            Assert.Equal(records.Count, body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        }
        Assert.Equal(0, asked.Stop());
        Assert.Equal(0, reads.Stop());
        Judge("events", records);
    }

    private string Config(string topic, string other, string kafka) =>
        Scenario.Config(workspace, Kafka.Brokers, topic, kafka: $"{kafka}\ngroup = {topic}")
        + $"\n[table.others]\ntopics = {other}\ncolumns = '{SampleEvents.Columns}'\n[log]\nlevel = debug\n";

    /// <summary>Waits until all partitions are shared out evenly among the lanes of these, and read.</summary>
    private static void Share(params Ingest[] members) => members[0].Wait($"{members.Length} processes share the partitions", _ =>
    {
        var status = members.Select(m => m.Status()).OfType<JsonElement>().ToArray();
        var lanes = status.SelectMany(s => s.GetProperty("lanes").EnumerateArray(), (_, l) => l.GetProperty("partitions").GetInt32())
            .ToArray();
        return lanes.Length == members.Length * 2 && lanes.Max() - lanes.Min() <= 1 && lanes.Sum() == Partitions + OtherPartitions
            && status.Sum(s => s.GetProperty("sums").GetProperty("partitions").GetInt32()) == lanes.Sum();
    });

    private static string PartitionsOf(Ingest ingest) => string.Join(' ', ingest.Status()!.Value.GetProperty("tables").EnumerateArray()
        .SelectMany(t => t.GetProperty("partitions").EnumerateArray())
        .Select(p => $"{p.GetProperty("topic").GetString()}[{p.GetProperty("partition").GetInt32()}]").Order(StringComparer.Ordinal));

    /// <summary>How often a partition has come or gone.</summary>
    private static int Moves(Ingest ingest) =>
        ingest.Log.Split("partition assigned").Length + ingest.Log.Split("partition revoked").Length;

    private void Judge(string table, IEnumerable<Produced> records)
    {
        var ranges = Produced.Ranges(records);
        // One that is killed may leave a file of a flush that others have made.
        Judges.Check(workspace.Table(table));
        Judges.EveryOffsetOnce(workspace.Table(table), ranges);
    }

    /// <summary>Records without an end, most of them to the first topic.</summary>
    private sealed class Load : IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task<List<Produced>> producing;

        public Load(Source source, string topic, string other) => producing = Task.Run(() =>
        {
            List<Produced> records = [];
            for (var round = 0; !stop.IsCancellationRequested; round++)
            {
                records.AddRange(source.Send(topic, Partitions, SampleEvents.Make(seed: 700 + round, count: 60, firstId: round * 60)));
                records.AddRange(source.Send(other, OtherPartitions, SampleEvents.Make(seed: 900 + round, count: 9, firstId: round * 9)));
                stop.Token.WaitHandle.WaitOne(100);
            }
            return records;
        });

        public List<Produced> Finish()
        {
            stop.Cancel();
            return producing.Result;
        }

        public void Dispose()
        {
            Finish();
            stop.Dispose();
        }
    }
}
