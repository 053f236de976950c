namespace K2I.Parquet;

/// <summary>A file that is in memory.</summary>
public sealed class MemorySource(string name, ReadOnlyMemory<byte> bytes) : IByteSource
{
    public string Name => name;

    public long Length => bytes.Length;

    public void Read(long offset, Span<byte> into) => bytes.Span.Slice(checked((int)offset), into.Length).CopyTo(into);
}
