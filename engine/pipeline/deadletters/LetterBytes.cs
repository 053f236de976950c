namespace K2I.Pipeline;

/// <summary>Bytes of a table's dead letters that no commit has taken yet. Any thread.</summary>
internal sealed class LetterBytes
{
    private long bytes;

    internal long Value => Volatile.Read(ref bytes);

    internal void Add(long more) => Interlocked.Add(ref bytes, more);
}
