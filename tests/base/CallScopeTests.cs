namespace K2I.Base.Tests;

/// <summary>A stop reaches the waits and calls of the threads that are in a scope, and those alone.</summary>
public sealed class CallScopeTests
{
    private const long Long = 3_600_000;

    [Fact]
    public void TheEndOfAScopeEndsAWaitUnderWay()
    {
        using var scope = new CallScope(SystemClock.Instance);
        using var entered = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            using var calls = scope.Enter();
            entered.Set();
            CallScope.Sleep(SystemClock.Instance, Long);
        });
        thread.Start();
        entered.Wait();
        scope.End();
        Assert.True(thread.Join(60_000));
    }

    [Fact]
    public void RequestsAreCancelledByItsToken()
    {
        using var scope = new CallScope(SystemClock.Instance);
        using var calls = scope.Enter();
        var token = CallScope.Token;
        Assert.False(CallScope.HasEnded || token.IsCancellationRequested);
        scope.End();
        scope.End();
        Assert.True(CallScope.HasEnded && token.IsCancellationRequested);
        Assert.True(scope.Wait(Long));
    }

    [Fact]
    public void AThreadWithoutAScopeIsEndedByNothing()
    {
        using var scope = new CallScope(SystemClock.Instance);
        scope.End();
        Assert.False(CallScope.HasEnded || CallScope.Token.CanBeCanceled);
        using (scope.Enter()) Assert.True(CallScope.HasEnded);
        Assert.False(CallScope.HasEnded);
    }

    [Fact]
    public void TheInnerScopeCountsUntilItIsLeft()
    {
        using var outer = new CallScope(SystemClock.Instance);
        using var inner = new CallScope(SystemClock.Instance);
        using var calls = outer.Enter();
        outer.End();
        using (inner.Enter()) Assert.False(CallScope.HasEnded);
        Assert.True(CallScope.HasEnded);
    }

    /// <summary>What a stop ended says nothing of the other side.</summary>
    [Fact]
    public void CallsThatAStopEndedDoNotOpenACircuit()
    {
        var breaker = new CircuitBreaker("it", SystemClock.Instance, failuresToOpen: 1, firstWaitMs: 0);
        using var scope = new CallScope(SystemClock.Instance);
        using (scope.Enter())
        {
            scope.End();
            Fail(breaker);
            Assert.Equal(CircuitState.Closed, breaker.Status.State);
        }
        Fail(breaker);
        Assert.Equal(CircuitState.Open, breaker.Status.State);
        using (scope.Enter()) Fail(breaker);
        Assert.Equal((CircuitState.Open, 1L), (breaker.Status.State, breaker.Status.Opened));
        Assert.Equal(1, breaker.Call(() => 1));
        Assert.Equal(CircuitState.Closed, breaker.Status.State);
    }

    private static void Fail(CircuitBreaker breaker) =>
        Assert.Throws<EngineException>(() => breaker.Call<int>(() => throw new EngineException(ErrorKind.Unavailable, "away")));
}
