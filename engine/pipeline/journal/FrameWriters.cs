namespace K2I.Pipeline;

/// <summary>
/// A lane's frames in the making: lent to the tables whose records a poll brings, empty again when they come back. The more tables, the
/// smaller their frames: what is kept is bounded, and hundreds of tables allocate none. The lane's thread.
/// </summary>
internal sealed class FrameWriters(int maxFrameBytes)
{
    /// <summary>
    /// What full frames take together, for the log's own use beside the memory of rows; their arrays may be twice as large.
    /// </summary>
    private const int FrameBytes = 4 << 20;

    private readonly Stack<RecordFrameWriter> kept = new();
    private int keptBytes;
    private int lent;
    private int mostLent;

    internal RecordFrameWriter Take()
    {
        if (kept.TryPop(out var writer)) keptBytes -= writer.Capacity;
        else writer = new(maxFrameBytes);
        mostLent = Math.Max(mostLent, ++lent);
        writer.Aim(Math.Clamp(FrameBytes / mostLent, RecordFrameWriter.FirstBytes, RecordFrameWriter.TargetBytes));
        return writer;
    }

    internal void Return(RecordFrameWriter writer)
    {
        writer.Clear();
        // Tables that fall silent leave larger frames to the others, by and by.
        if (--lent == 0) mostLent -= mostLent / 16;
        if (writer.HasGrown || keptBytes + writer.Capacity > 2 * FrameBytes) return;
        kept.Push(writer);
        keptBytes += writer.Capacity;
    }
}
