namespace K2I.Pipeline;

/// <summary>A flag that threads can wait for; holds no system resource. Any thread.</summary>
internal sealed class Latch(bool isSet = false)
{
    private readonly object gate = new();
    private volatile bool isSet = isSet;

    internal bool IsSet => isSet;

    internal void Set()
    {
        lock (gate)
        {
            isSet = true;
            Monitor.PulseAll(gate);
        }
    }

    internal void Reset()
    {
        lock (gate) isSet = false;
    }

    /// <summary>True once set; false after <paramref name="timeoutMs"/>.</summary>
    internal bool Wait(long timeoutMs = long.MaxValue)
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
