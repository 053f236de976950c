using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Every fault that Iceberg's own server can be asked for, at every commit of a run: each append is in the table once, the judge finds it whole, nothing named is missing.</summary>
public sealed class RestFaultTests : IDisposable
{
    private const int Appends = 8;

    private readonly RestServer? _server = Shared.Find(RestServer.Program) is null ? null : new RestServer();

    public static TheoryData<string> Faults =>
    [
        """{"do":"status"}""",
        """{"do":"status","times":3,"status":503}""",
        """{"do":"status","status":500}""",
        """{"do":"status","status":502,"body":"html"}""",
        """{"do":"status","status":504,"body":"empty"}""",
        """{"do":"status","status":429,"retry_after":1}""",
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
        """{"do":"delay","ms":3000}""",
        """{"do":"apply-delay","ms":3000}""",
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
    public void EveryAppendIsInOnceWhateverTheServerDoes(string fault)
    {
        using var catalog = _server!.Open(_server.Options with { TimeoutMs = 1_000 });
        var run = new RestRun(catalog, new LocalStore(_server.Warehouse));
        for (var n = 0; n < Appends; n++)
        {
            _server.ClearFaults();
            _server.Fault(fault);
            run.Append();
        }
        _server.ClearFaults();
        Thread.Sleep(fault.Contains("late", StringComparison.Ordinal) || fault.Contains("3000", StringComparison.Ordinal) ? 500 : 0);
        run.RequireEveryAppendOnce(Appends);
        RequireClean();
    }

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
        using var catalog = _server!.Open();
        _server.Fault(fault);
        var run = new RestRun(catalog, new LocalStore(_server.Warehouse));
        run.Append();
        run.RequireEveryAppendOnce(1);
        Assert.Single(catalog.ListTables(["db"]));
    }

    [SharedFact(RestServer.Program)]
    public void ServerKilledAndStartedInTheMiddleLosesNothing()
    {
        using var catalog = _server!.Open();
        var run = new RestRun(catalog, new LocalStore(_server.Warehouse));
        for (var n = 0; n < Appends; n++)
        {
            if (n is 2 or 5)
            {
                _server.Fault("""{"do":"apply-delay","ms":2000}""");
                var killer = new Thread(() =>
                {
                    Thread.Sleep(500);
                    _server.Kill();
                    Thread.Sleep(500);
                    _server.StartAgain();
                });
                killer.Start();
                run.Append();
                killer.Join();
            }
            else run.Append();
        }
        run.RequireEveryAppendOnce(Appends);
        RequireClean();
    }

    public void Dispose() => _server?.Dispose();

    private void RequireClean() => Judge.Do("check", "db.events", "--catalog", "rest", "--uri", _server!.Uri);
}
