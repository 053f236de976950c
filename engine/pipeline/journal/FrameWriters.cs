namespace K2I.Pipeline;

/// <summary>
/// A lane's frames in the making: lent to the tables whose records a poll brings, empty again when they come back. Hundreds of small ones
/// are kept or some large ones: bounded by bytes. The lane's thread.
/// </summary>
internal sealed class FrameWriters(int maxFrameBytes)
{
    /// <summary>For the log's own use, beside the memory of rows.</summary>
    private const int MostKeptBytes = 4 << 20;

    private readonly Stack<RecordFrameWriter> kept = new();
    private int keptBytes;

    internal RecordFrameWriter Take()
    {
        if (!kept.TryPop(out var writer)) return new(maxFrameBytes);
        keptBytes -= writer.Capacity;
        return writer;
    }

    internal void Return(RecordFrameWriter writer)
    {
        writer.Clear();
        // One that grew for a large record is not kept.
        if (writer.HasGrown || keptBytes + writer.Capacity > MostKeptBytes) return;
        kept.Push(writer);
        keptBytes += writer.Capacity;
    }
}
