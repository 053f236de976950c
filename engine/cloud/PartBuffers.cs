namespace K2I.Cloud;

/// <summary>
/// Buffers of parts, within one budget for all objects being written. Each of those can always have one; beyond the budget there are no
/// more, so that none ever waits for what another holds. Given back they are kept for the next, until nobody has any. Any thread.
/// </summary>
internal sealed class PartBuffers(int partBytes, long budgetBytes)
{
    private readonly Lock gate = new();
    private readonly Stack<PartBuffer> free = new();
    private int taken;

    /// <summary>Bytes of each.</summary>
    public int PartBytes => partBytes;

    /// <summary>The first of an object.</summary>
    public PartBuffer Take()
    {
        lock (gate)
        {
            taken++;
            return free.TryPop(out var buffer) ? buffer : new PartBuffer(partBytes);
        }
    }

    /// <summary>One more; null where the budget is used up.</summary>
    public PartBuffer? TryTake()
    {
        lock (gate)
        {
            if ((taken + 1L) * partBytes > budgetBytes) return null;
            taken++;
            return free.TryPop(out var buffer) ? buffer : new PartBuffer(partBytes);
        }
    }

    public void Give(PartBuffer buffer)
    {
        lock (gate)
        {
            taken--;
            free.Push(buffer);
            if (taken == 0)
                while (free.TryPop(out var idle)) ((IDisposable)idle).Dispose();
        }
    }
}
