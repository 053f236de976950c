namespace K2I.Pipeline.Tests;

public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly WorkQueue queue;
    private readonly LaneWorld world;
    private readonly TableHandle a, b, c;

    public WorkQueueTests()
    {
        world = new(LaneWorld.OptionsFor([.. new[] { "a", "b", "c" }.Select(n => new TableOptions { Name = n, Topics = [n] })]));
        (a, b, c) = (world.Table("a"), world.Table("b"), world.Table("c"));
        queue = new(clock);
    }

    public void Dispose() => world.Dispose();

    [Fact]
    public void TheMostUrgentComesFirstAndThenWhoCameFirst()
    {
        queue.Wake(a, Urgency.Idle);
        queue.Wake(b, Urgency.Flush);
        queue.Wake(c, Urgency.Flush);
        queue.Wake(a, Urgency.Control);
        Assert.Same(a, queue.Take());
        Assert.Same(b, queue.Take());
        Assert.Same(c, queue.Take());
    }

    [Fact]
    public void AMoreUrgentWakeOvertakesALessUrgentOneDoesNot()
    {
        queue.Wake(a, Urgency.Flush);
        queue.Wake(b, Urgency.Flush);
        queue.Wake(b, Urgency.Pressing);
        queue.Wake(b, Urgency.Idle);
        Assert.Same(b, queue.Take());
        Assert.Same(a, queue.Take());
        queue.Done(b, long.MaxValue);
        queue.Done(a, long.MaxValue);
        AssertEmpty();
    }

    [Fact]
    public void OneWorkerAtATimeHasATable()
    {
        queue.Wake(a, Urgency.Flush);
        Assert.Same(a, queue.Take());
        queue.Wake(a, Urgency.Control);
        queue.Wake(b, Urgency.Idle);
        Assert.Same(b, queue.Take());
        queue.Done(b, long.MaxValue);
        queue.Done(a, long.MaxValue);
        // What came meanwhile is not lost, and comes once.
        Assert.Same(a, queue.Take());
        queue.Done(a, long.MaxValue);
        AssertEmpty();
    }

    [Fact]
    public void ATimerComesWhenItIsDueAndNotBefore()
    {
        queue.Wake(a, Urgency.Flush);
        queue.Take();
        queue.Done(a, clock.MonotonicMs + 100);
        clock.Pass(99);
        queue.Wake(b, Urgency.Idle);
        Assert.Same(b, queue.Take());
        queue.Done(b, long.MaxValue);
        clock.Pass(1);
        Assert.Same(a, queue.Take());
    }

    [Fact]
    public void TheLastWordOnWhenATableIsDueCounts()
    {
        queue.Wake(a, Urgency.Flush);
        Work(a, due: 50);
        queue.Wake(a, Urgency.Flush);
        Work(a, due: 1_000);
        clock.Pass(999);
        AssertEmpty();
        clock.Pass(1);
        Assert.Same(a, queue.Take());
    }

    [Fact]
    public void ManyTimersOfATableWakeItOnce()
    {
        for (var i = 0; i < 1_000; i++)
        {
            queue.Wake(a, Urgency.Flush);
            Work(a, due: i % 2 == 0 ? 100_000 : 10);
        }
        clock.Pass(200_000);
        Assert.Same(a, queue.Take());
        queue.Done(a, long.MaxValue);
        AssertEmpty();
    }

    [Fact]
    public void ATableThatIsNoMoreHasNoWork()
    {
        queue.Wake(a, Urgency.Flush);
        queue.Remove(a);
        AssertEmpty();
        queue.Wake(b, Urgency.Flush);
        Work(b, due: 10);
        queue.Remove(b);
        clock.Pass(20);
        AssertEmpty();
        queue.Wake(c, Urgency.Flush);
        Assert.Same(c, queue.Take());
        queue.Remove(c);
        queue.Done(c, clock.MonotonicMs);
        AssertEmpty();
    }

    [Fact]
    public void OnceClosedNothingIsTakenAndNothingCounts()
    {
        queue.Wake(a, Urgency.Control);
        queue.Close();
        Assert.Null(queue.Take());
        queue.Wake(b, Urgency.Control);
        Assert.Null(queue.Take());
    }

    [Fact]
    public async Task AWorkerThatWaitsIsWoken()
    {
        var real = new WorkQueue(Base.SystemClock.Instance);
        var taken = Task.Run(real.Take);
        real.Wake(a, Urgency.Idle);
        Assert.Same(a, await taken.WaitAsync(TimeSpan.FromSeconds(30)));
        var closed = Task.Run(real.Take);
        real.Close();
        Assert.Null(await closed.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private void Work(TableHandle table, long due)
    {
        Assert.Same(table, queue.Take());
        queue.Done(table, clock.MonotonicMs + due);
    }

    /// <summary>Nothing is there: what is woken now, as unurgent as can be, is what comes.</summary>
    private void AssertEmpty()
    {
        var probe = new TableHandle(new() { Name = "probe", Topics = [] }, world.Context);
        queue.Wake(probe, Urgency.Idle);
        Assert.Same(probe, queue.Take());
        queue.Done(probe, long.MaxValue);
    }
}
