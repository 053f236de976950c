namespace K2I.Base;

/// <summary>
/// What the calls of a thread belong to, and the way for a stop to reach them, however deep they are. Whoever owns the retries of a path enters one; any
/// thread may end it.
/// </summary>
/// <remarks>
/// Once it has ended, waits are over early, requests fail at once, and nothing is tried again. A call ends as it does when the other side does not answer:
/// Unavailable, or Unknown where it may have taken effect. A call without a scope is ended by nothing. Calls block, so the scope of a call is that of its
/// thread; one that hands its work to other threads hands them <see cref="Token"/>.
/// </remarks>
public sealed class CallScope(IClock clock) : IDisposable
{
    [ThreadStatic]
    private static CallScope? current;

    private readonly ILatch ended = clock.CreateLatch();
    private readonly CancellationTokenSource source = new();
    private readonly Lock gate = new();
    private bool disposed;

    /// <summary>The calling thread's calls are to end.</summary>
    public static bool HasEnded => current?.IsEnded ?? false;

    /// <summary>For what can be cancelled while it is under way on the calling thread, such as a request.</summary>
    public static CancellationToken Token => current?.source.Token ?? CancellationToken.None;

    public bool IsEnded => ended.IsSet;

    /// <summary>The calling thread does nothing for so long, or until its calls are to end.</summary>
    public static void Sleep(IClock clock, long ms)
    {
        if (current is { } scope) scope.Wait(ms);
        else clock.Sleep(ms);
    }

    /// <summary>True once it has ended; false after <paramref name="timeoutMs"/>.</summary>
    public bool Wait(long timeoutMs) => ended.Wait(timeoutMs);

    /// <summary>Ends the calls within. Any thread, any number of times.</summary>
    public void End()
    {
        ended.Set();
        lock (gate)
            if (!disposed) source.Cancel();
    }

    /// <summary>No thread may be in it any more; to end it then does nothing.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            source.Dispose();
        }
    }

    /// <summary>The calling thread's calls belong to it until the result is disposed of.</summary>
    public Entered Enter()
    {
        var outer = current;
        current = this;
        return new Entered(outer);
    }

    /// <summary>The time in a scope.</summary>
    public readonly ref struct Entered
    {
        private readonly CallScope? outer;

        internal Entered(CallScope? outer) => this.outer = outer;

        /// <summary>Back to the scope that the thread was in before.</summary>
        public void Dispose() => current = outer;
    }
}
