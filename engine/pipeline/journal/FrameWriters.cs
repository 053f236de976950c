namespace K2I.Pipeline;

/// <summary>Frames in the making, lent to the tables whose records a poll brings: after it all are appended and back. One lane's thread.</summary>
internal sealed class FrameWriters
{
    private const int MostKept = 16;

    private readonly Stack<RecordFrameWriter> free = new();

    internal RecordFrameWriter Take(int maxBytes) => free.TryPop(out var writer) ? writer : new(maxBytes);

    internal void Return(RecordFrameWriter writer)
    {
        if (free.Count < MostKept) free.Push(writer);
    }
}
