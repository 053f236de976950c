using Microsoft.Extensions.ObjectPool;

namespace K2I.Pipeline;

/// <summary>
/// How a lane keeps frames in the making: lent to the tables whose records a poll brings, empty again when they come back; one that grew
/// for a large record is not kept.
/// </summary>
internal sealed class FrameWriterPolicy(int maxBytes) : PooledObjectPolicy<RecordFrameWriter>
{
    internal const int MostKept = 16;

    public override RecordFrameWriter Create() => new(maxBytes);

    public override bool Return(RecordFrameWriter obj)
    {
        obj.Clear();
        return !obj.HasGrown;
    }
}
