using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// How the ingest thread asks the flush thread for a flush and waits for it: tickets counted up by requests and done by flushes. Control plane: a lock.
/// </summary>
internal sealed class FlushSignal(IClock clock)
{
    private readonly Lock gate = new();
    private readonly ILatch work = clock.CreateLatch();
    private readonly ILatch idle = clock.CreateLatch(isSet: true);
    private long requested;
    private long done;

    /// <summary>Everything sealed so far is to be flushed. Ingest thread.</summary>
    internal void Request()
    {
        lock (gate)
        {
            requested++;
            idle.Reset();
            work.Set();
        }
    }

    /// <summary>Waits for a request; false after <paramref name="timeoutMs"/>. Flush thread.</summary>
    internal bool Wait(int timeoutMs, out long ticket)
    {
        ticket = 0;
        if (!work.Wait(timeoutMs)) return false;
        lock (gate)
        {
            ticket = requested;
            work.Reset();
        }
        return true;
    }

    /// <summary>All requests up to the ticket are flushed. Flush thread.</summary>
    internal void Done(long ticket)
    {
        lock (gate)
        {
            done = ticket;
            if (done >= requested) idle.Set();
        }
    }

    /// <summary>Waits until nothing is asked for; false after <paramref name="timeoutMs"/>.</summary>
    internal bool WaitIdle(int timeoutMs) => idle.Wait(timeoutMs);
}
