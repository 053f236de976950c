namespace K2I.Parquet;

/// <summary>A file of which some bytes have been read.</summary>
internal sealed class CachedRange(IByteSource file, long from, byte[] bytes) : IByteSource
{
    public string Name => file.Name;

    public long Length => file.Length;

    public void Read(long offset, Span<byte> into)
    {
        if (offset >= from && offset - from <= bytes.Length - into.Length) bytes.AsSpan((int)(offset - from), into.Length).CopyTo(into);
        else file.Read(offset, into);
    }
}
