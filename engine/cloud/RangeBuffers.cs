using K2I.Base;
using K2I.Memory;

namespace K2I.Cloud;

/// <summary>
/// Memory for bytes that are read ahead, within one budget for all objects being read. Nobody waits for it: where there is none, nothing
/// is read ahead. Any thread.
/// </summary>
internal sealed class RangeBuffers
{
    private const long BudgetBytes = 32L << 20;

    private long taken;

    /// <summary>Null where there is none.</summary>
    public PartBuffer? TryTake(int bytes)
    {
        try
        {
            if (Interlocked.Add(ref taken, bytes) <= BudgetBytes) return new PartBuffer(bytes, MemoryTag.Download);
        }
        catch (EngineException)
        {
            // The kernel has none: bytes are read as they are asked for.
        }
        Interlocked.Add(ref taken, -bytes);
        return null;
    }

    public void Give(PartBuffer buffer)
    {
        Interlocked.Add(ref taken, -buffer.GetSpan().Length);
        ((IDisposable)buffer).Dispose();
    }
}
