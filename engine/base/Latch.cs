namespace K2I.Base;

/// <summary>The latch of real threads and real time.</summary>
internal sealed class Latch(bool isSet) : ILatch
{
    private readonly object gate = new();
    private volatile bool isSet = isSet;

    public bool IsSet => isSet;

    public void Set()
    {
        lock (gate)
        {
            isSet = true;
            Monitor.PulseAll(gate);
        }
    }

    public void Reset()
    {
        lock (gate) isSet = false;
    }

    public bool Wait(long timeoutMs)
    {
        if (isSet) return true;
        var deadline = timeoutMs == long.MaxValue ? long.MaxValue : Environment.TickCount64 + timeoutMs;
        lock (gate)
        {
            while (!isSet)
            {
                var left = deadline - Environment.TickCount64;
                if (left <= 0) return false;
                Monitor.Wait(gate, (int)Math.Min(left, 60_000));
            }
        }
        return true;
    }
}
