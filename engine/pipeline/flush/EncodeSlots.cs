namespace K2I.Pipeline;

/// <summary>How many tables may have data files encoded at a time: each takes a part of the memory for its row group. Any thread; nobody waits for one.</summary>
internal sealed class EncodeSlots(int count)
{
    private int free = count;

    internal bool TryEnter()
    {
        while (Volatile.Read(ref free) is var now and > 0)
            if (Interlocked.CompareExchange(ref free, now - 1, now) == now) return true;
        return false;
    }

    internal void Leave() => Interlocked.Increment(ref free);
}
