namespace K2I.Cloud;

/// <summary>
/// Buffers of parts, within one budget for all objects being written. Each of those can always have one; beyond the budget there are no
/// more, so that none ever waits for what another holds. Given back they are kept for the next, until nobody has had any for a while: new
/// memory can cost more than to send what is put there. Any thread.
/// </summary>
internal sealed class PartBuffers(int partBytes, long budgetBytes)
{
    private const int KeptMs = 30_000;

    private readonly Lock gate = new();
    private readonly Stack<PartBuffer> free = new();
    private int taken;
    private long uses;
    private bool isWatched;

    /// <summary>Bytes of each.</summary>
    public int PartBytes => partBytes;

    /// <summary>The first of an object.</summary>
    public PartBuffer Take()
    {
        lock (gate) return TakeOne();
    }

    /// <summary>One more; null where the budget is used up.</summary>
    public PartBuffer? TryTake()
    {
        lock (gate) return (taken + 1L) * partBytes > budgetBytes ? null : TakeOne();
    }

    public void Give(PartBuffer buffer)
    {
        lock (gate)
        {
            taken--;
            // The first ones of many objects may be more than the budget.
            if ((taken + free.Count + 1L) * partBytes > budgetBytes) ((IDisposable)buffer).Dispose();
            else free.Push(buffer);
            if (isWatched || free.Count == 0) return;
            isWatched = true;
        }
        _ = FreeOnceIdle();
    }

    private PartBuffer TakeOne()
    {
        if (!free.TryPop(out var buffer)) buffer = new PartBuffer(partBytes);
        (taken, uses) = (taken + 1, uses + 1);
        return buffer;
    }

    private async Task FreeOnceIdle()
    {
        for (long seen = -1; ;)
        {
            lock (gate)
            {
                if (taken == 0 && uses == seen)
                {
                    while (free.TryPop(out var buffer)) ((IDisposable)buffer).Dispose();
                    isWatched = false;
                    return;
                }
                seen = uses;
            }
            await Task.Delay(KeptMs).ConfigureAwait(false);
        }
    }
}
