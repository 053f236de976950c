using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Every fault that Iceberg's own server can be asked for, at every commit of a run: each append is in the table once, the judge finds it whole, nothing named is missing.</summary>
[Collection(RestFixture.Collection)]
public sealed class RestFaultTests(RestFixture rest)
{
    private const int Appends = 8, LatestMs = 400;

    public static TheoryData<string> Faults =>
    [
        """{"do":"status"}""",
        """{"do":"status","times":3,"status":503}""",
        """{"do":"status","status":500}""",
        """{"do":"status","status":502,"body":"html"}""",
        """{"do":"status","status":504,"body":"empty"}""",
        """{"do":"status","status":409}""",
        """{"do":"drop"}""",
        """{"do":"drop","times":3}""",
        """{"do":"apply-status","status":500}""",
        """{"do":"apply-status","status":502,"body":"html"}""",
        """{"do":"apply-status","status":503}""",
        """{"do":"apply-status","status":504}""",
        """{"do":"apply-status","status":409}""",
        """{"do":"apply-status","status":200,"body":"empty"}""",
        """{"do":"apply-drop"}""",
        """{"do":"apply-cut"}""",
        """{"do":"late","ms":30}""",
        """{"do":"late","ms":400}""",
        """{"do":"late","ms":150,"status":0}""",
        """{"do":"late","ms":150,"status":409}""",
        """{"do":"delay","ms":100}""",
        """{"do":"apply-delay","ms":100}""",
        """{"do":"conflict"}""",
        """{"do":"conflict","times":3}""",
        """{"do":"conflict","with":"property"}""",
        """{"do":"twice"}""",
        """{"do":"stale","on":"load"}""",
        """{"do":"stale","on":"load","times":2,"back":2}""",
        """[{"do":"apply-drop"},{"do":"stale","on":"load","times":3}]""",
        """[{"do":"twice"},{"do":"stale","on":"load","times":2}]""",
        """[{"do":"late","ms":200},{"do":"conflict"}]""",
        """[{"do":"late","ms":200},{"do":"conflict","with":"property"}]""",
        """[{"do":"apply-drop"},{"do":"status","on":"load","times":3}]""",
        """[{"do":"apply-drop"},{"do":"drop","on":"load","times":2}]""",
        """{"do":"drop","on":"load"}""",
        """{"do":"apply-cut","on":"load"}""",
        """{"do":"status","on":"load","status":504,"body":"html"}""",
    ];

    [SharedTheory(RestServer.Program)]
    [MemberData(nameof(Faults))]
    public void EveryAppendIsInOnceWhateverTheServerDoes(string fault) => RequireOnce(fault, Appends, timeoutMs: 5_000);

    [SharedTheory(RestServer.Program)]
    [InlineData("""{"do":"delay","ms":900}""")]
    [InlineData("""{"do":"apply-delay","ms":900}""")]
    public void EveryAppendIsInOnceWhereNoAnswerIsWaitedFor(string fault) => RequireOnce(fault, Appends / 2, timeoutMs: 300);

    [SharedFact(RestServer.Program)]
    public void EveryAppendIsInOnceWhereTheServerAsksToBeLeftAlone() => RequireOnce("""{"do":"status","status":429,"retry_after":1}""", Appends / 4, timeoutMs: 5_000);

    [SharedTheory(RestServer.Program)]
    [InlineData("""{"do":"status","on":"create"}""")]
    [InlineData("""{"do":"drop","on":"create"}""")]
    [InlineData("""{"do":"apply-status","on":"create","status":500}""")]
    [InlineData("""{"do":"apply-status","on":"create","status":409}""")]
    [InlineData("""{"do":"apply-drop","on":"create"}""")]
    [InlineData("""{"do":"apply-cut","on":"create"}""")]
    [InlineData("""{"do":"late","on":"create","ms":100}""")]
    [InlineData("""{"do":"twice","on":"create"}""")]
    [InlineData("""{"do":"apply-drop","on":"namespace"}""")]
    [InlineData("""{"do":"status","on":"config","times":2}""")]
    [InlineData("""{"do":"apply-cut","on":"config"}""")]
    public void TableIsMadeOnceWhateverTheServerDoes(string fault)
    {
        using var catalog = rest.Server.Open();
        rest.Server.NoFaults();
        rest.Server.Fail(fault);
        var table = rest.NewTable();
        var run = new RestRun(catalog, new LocalStore(rest.Server.Warehouse), table);
        run.Append();
        rest.Server.NoFaults();
        run.RequireEveryAppendOnce(1);
        Assert.Single(catalog.ListTables(table.Namespace));
    }

    [SharedFact(RestServer.Program)]
    public void ServerKilledAndStartedInTheMiddleLosesNothing()
    {
        using var server = new RestServer();
        using var catalog = server.Open();
        var run = new RestRun(catalog, new LocalStore(server.Warehouse));
        for (var n = 0; n < Appends; n++)
        {
            if (n is 2 or 5)
            {
                server.Fail("""{"do":"apply-delay","ms":2000}""");
                var killer = new Thread(() =>
                {
                    Thread.Sleep(500);
                    server.Kill();
                    Thread.Sleep(500);
                    server.Restart();
                });
                killer.Start();
                run.Append();
                killer.Join();
            }
            else run.Append();
        }
        run.RequireEveryAppendOnce(Appends);
        rest.Judge.Do("check", $"{run.Ident}", "--catalog", "rest", "--uri", server.Uri);
    }

    private void RequireOnce(string fault, int appends, int timeoutMs)
    {
        var server = rest.Server;
        using var catalog = server.Open(server.Options with { TimeoutMs = timeoutMs });
        server.NoFaults();
        var run = new RestRun(catalog, new LocalStore(server.Warehouse), rest.NewTable());
        for (var n = 0; n < appends; n++)
        {
            server.NoFaults();
            server.Fail(fault);
            run.Append();
        }
        server.NoFaults();
        if (fault.Contains("late", StringComparison.Ordinal) || fault.Contains("delay", StringComparison.Ordinal)) Thread.Sleep(LatestMs + 100);
        run.RequireEveryAppendOnce(appends);
        rest.Judge.Do(["check", .. rest.Judged(run.Ident)]);
    }
}
