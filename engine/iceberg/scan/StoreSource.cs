using K2I.Base;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>An open object as the Parquet reader wants it.</summary>
public sealed class StoreSource(IObjectReader reader) : IByteSource, IDisposable
{
    public string Name => reader.Location;

    public long Length => reader.Length;

    public void Read(long offset, Span<byte> into) => reader.ReadAt(offset, into);

    public void Expect(ReadOnlySpan<ByteRange> ranges) => reader.Expect(ranges);

    public void Dispose() => reader.Dispose();
}
