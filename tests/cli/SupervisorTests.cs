using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Config;
using K2I.Cli.Running;
using K2I.Pipeline;
using K2I.Serve;

namespace K2I.Cli.Tests;

public sealed class SupervisorTests : IDisposable
{
    private readonly Harness harness = new();
    private readonly List<ExitCode> left = [];

    [Fact]
    public void AStopEndsWorkersAndIsOk()
    {
        var engine = new FakeEngine(e => e.WaitForStop());
        var supervisor = Supervisor();
        var run = Task.Run(() => supervisor.Run(() => engine));
        supervisor.AskToStop("test");
        Assert.Equal(ExitCode.Ok, run.Result);
        Assert.True(engine.Disposed);
        Assert.Empty(left);
    }

    [Fact]
    public void AStopThatTakesTooLongIsBounded()
    {
        var forever = new ManualResetEventSlim();
        var engine = new FakeEngine(_ => forever.Wait());
        var supervisor = Supervisor("[engine]\nshutdown_timeout = 1s");
        var run = Task.Run(() => supervisor.Run(() => engine));
        supervisor.AskToStop("test");
        Assert.Equal(ExitCode.StopTimedOut, run.Result);
        Assert.Equal([ExitCode.StopTimedOut], left);
        forever.Set();
    }

    [Fact]
    public void AFailedTableIsAFailure()
    {
        var engine = new FakeEngine(e => e.Table = e.Table with { State = TableState.Failed, Detail = "topic recreated" });
        Assert.Equal(ExitCode.Failed, Supervisor().Run(() => engine));
    }

    [Fact]
    public void ABugLeavesAtOnce()
    {
        Assert.Equal(ExitCode.Bug, Supervisor().Run(() => new FakeEngine(_ => throw new InvalidOperationException("broken invariant"))));
        Assert.Equal([ExitCode.Bug], left);
    }

    [Fact]
    public void AFailedDiskLeavesAtOnceAndIsNoBug()
    {
        Assert.Equal(ExitCode.DiskFailed, Supervisor().Run(() => new FakeEngine(_ => throw new EngineException(ErrorKind.Fatal, "log of events: sync failed"))));
        Assert.Equal([ExitCode.DiskFailed], left);
    }

    [Fact]
    public void TheFirstSignalStopsTheSecondLeaves()
    {
        var stops = new List<string>();
        using var signals = new StopSignals(stops.Add, left.Add, () => { });
        signals.Count("SIGTERM", ExitCode.Terminated);
        signals.Count("SIGINT", ExitCode.Interrupted);
        signals.Count("SIGTERM", ExitCode.Terminated);
        Assert.Equal(["SIGTERM"], stops);
        Assert.Equal([ExitCode.Interrupted, ExitCode.Terminated], left);
    }

    [Fact]
    public void TheServiceManagerIsTold()
    {
        var path = Path.Combine(harness.Folder, "notify");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        socket.Bind(new UnixDomainSocketEndPoint(path));
        var buffer = new byte[1000];
        string Next() => Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));

        harness.Environment["NOTIFY_SOCKET"] = path;
        harness.Environment["WATCHDOG_USEC"] = "40000";
        var supervisor = Supervisor();
        var run = Task.Run(() => supervisor.Run(() => new FakeEngine(e => e.WaitForStop())));
        Assert.Equal("READY=1\nSTATUS=1 tables", Next());
        Assert.Equal("WATCHDOG=1", Next());
        supervisor.AskToStop("test");
        string message;
        do message = Next();
        while (message == "WATCHDOG=1");
        Assert.StartsWith("STOPPING=1\n", message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, run.Result);
    }

    [Fact]
    public void AServiceManagerThatIsAwayIsNoError()
    {
        harness.Environment["NOTIFY_SOCKET"] = "/nope/notify";
        Assert.Equal(ExitCode.Ok, Supervisor().Run(() => new FakeEngine(_ => { })));
    }

    [Fact]
    public void TheEndpointsAndTheStatusCommandShowTheEngine()
    {
        var engine = new FakeEngine(e => e.WaitForStop())
        {
            Table = new TableStatus
            {
                Name = "ev\"ents",
                State = TableState.Running,
                Records = 7,
                Rows = 6,
                RowsCommitted = 5,
                IgnoredFields = 4,
                LastCommitUnixMs = 1_000,
                DeadLetters = System.Collections.Immutable.ImmutableSortedDictionary<string, long>.Empty.Add("bad utf-8", 2),
                Partitions = [new PartitionStatus("t", 3, new(10), new(9), new(25), Fetched: true), new PartitionStatus("t", 4, Offset.None, Offset.None, Offset.None, Fetched: false)],
            },
        };
        var source = new EngineStatusSource(engine.Status, () => true, () => false);
        using var server = HttpServer.Start(new HttpOptions { Listen = new ListenAddress(System.Net.IPAddress.Loopback, 0), Token = "0123456789abcdef" }, source, null, NullLog.Instance);
        var url = server.Address!.ToString();

        Assert.Equal(ExitCode.Failed, harness.Run("status", "--url", url).Code);
        harness.Environment["K2I_HTTP_TOKEN"] = "0123456789abcdef";
        var (code, output, _) = harness.Run("status", "--url", url);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("ev\"ents  running     6          5             2   15", output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(harness.Run("status", "--url", url, "--json").Out);
        Assert.Equal(15, json.RootElement.GetProperty("tables")[0].GetProperty("partitions")[0].GetProperty("lag").GetInt64());
        Assert.Equal(4, json.RootElement.GetProperty("tables")[0].GetProperty("ignored_fields").GetInt64());

        engine.Table = engine.Table with { State = TableState.Waiting, Detail = "Kafka is away" };
        (code, output, _) = harness.Run("status", "--url", url);
        Assert.Equal(ExitCode.Unhealthy, code);
        Assert.Contains("ev\"ents: Kafka is away", output, StringComparison.Ordinal);

        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", "0123456789abcdef");
        var metrics = client.GetStringAsync(new Uri(server.Address!, "/metrics")).Result;
        Assert.Contains("k2i_rows_total{table=\"ev\\\"ents\"} 6\n", metrics, StringComparison.Ordinal);
        Assert.Contains("k2i_ignored_fields_total{table=\"ev\\\"ents\"} 4\n", metrics, StringComparison.Ordinal);
        Assert.Contains("k2i_partition_lag_records{table=\"ev\\\"ents\",topic=\"t\",partition=\"3\"} 15\n", metrics, StringComparison.Ordinal);
        Assert.Contains("k2i_dead_letters_total{table=\"ev\\\"ents\",reason=\"bad utf-8\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains("k2i_table_state{table=\"ev\\\"ents\",state=\"waiting\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("partition=\"4\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public void AStatusThatDoesNotAnswerIsUnreachable()
    {
        var (code, _, error) = harness.Run("status", "--url", "http://127.0.0.1:1");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.StartsWith("k2i: http://127.0.0.1:1 does not answer: ", error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Invalid, harness.Run("status", "--url", "nonsense").Code);
    }

    [Fact]
    public void StatusSumsUpFiltersAndBoundsThePage()
    {
        var tables = Enumerable.Range(0, 120).Select(i => new TableStatus
        {
            Name = $"t{i}",
            State = i == 77 ? TableState.Paused
            : TableState.Running,
            PauseReason = i == 77 ? PauseReason.BadRecord : null,
            Rows = 10
        });
        var status = new EngineStatus(1_000, [.. tables], [new LaneStatus { Lane = 0 }, new LaneStatus { Lane = 1,
            WalTrouble = "no room" }])
        { RefusedTopics = [new("a.B", "cdc", "its table would be a_b")] };
        using var server = HttpServer.Start(new HttpOptions { Listen = new ListenAddress(System.Net.IPAddress.Loopback, 0) },
            new EngineStatusSource(() => status, () => true, () => false, tableMetrics: 1), null, NullLog.Instance);
        var url = server.Address!.ToString();
        var (code, output, _) = harness.Run("status", "--url", url);
        Assert.Equal(ExitCode.Unhealthy, code);
        Assert.Contains("tables: 120 (119 running, 1 paused), 0 partitions, 2 lanes", output, StringComparison.Ordinal);
        Assert.Contains("rows: 1,200, committed 0", output, StringComparison.Ordinal);
        Assert.Contains("\nt77 ", output, StringComparison.Ordinal);
        Assert.Contains("and 70 more; --table NAME, --unhealthy and --json show them", output, StringComparison.Ordinal);
        Assert.Contains("lane 1: log: no room", output, StringComparison.Ordinal);
        Assert.Contains("topic a.B makes no table of [table.cdc]: its table would be a_b", output, StringComparison.Ordinal);

        using (var json = JsonDocument.Parse(harness.Run("status", "--url", url, "--unhealthy", "--json").Out))
        {
            Assert.Equal("t77", Assert.Single(json.RootElement.GetProperty("tables").EnumerateArray()).GetProperty("name").GetString());
            Assert.Equal(120, json.RootElement.GetProperty("sums").GetProperty("tables").GetInt32());
        }

        Assert.Equal(ExitCode.Ok, harness.Run("status", "--url", url, "--table", "t5").Code);
        Assert.Equal(ExitCode.Unhealthy, harness.Run("status", "--url", url, "--table", "t77").Code);
        Assert.Equal(ExitCode.NotFound, harness.Run("status", "--url", url, "--table", "t500").Code);

        using var client = new HttpClient();
        var metrics = client.GetStringAsync(new Uri(server.Address!, "/metrics")).Result;
        Assert.Single(metrics.Split('\n'), l => l.StartsWith("k2i_rows_total{", StringComparison.Ordinal));
        Assert.Contains("k2i_all_rows_total 1200\n", metrics, StringComparison.Ordinal);
        Assert.Contains("k2i_tables{state=\"running\"} 119\n", metrics, StringComparison.Ordinal);
        Assert.Contains("k2i_wal_trouble{lane=\"1\"} 1\n", metrics, StringComparison.Ordinal);
    }

    public void Dispose() => harness.Dispose();

    private Supervisor Supervisor(string more = "")
    {
        var loaded = harness.Load(Harness.Minimal + more, "http.listen=off");
        Assert.Empty(loaded.Problems);
        return new Supervisor(loaded.Options!, NullLog.Instance, harness.Environment, left.Add);
    }
}
