using K2I.Base;

namespace K2I.Parquet;

/// <summary>A file's bytes at any offset, for one thread at a time. Errors of the place behind it pass through the reader to its caller.</summary>
public interface IByteSource
{
    /// <summary>What errors call the file.</summary>
    string Name { get; }

    long Length { get; }

    /// <summary>Fills <paramref name="into"/> with the bytes from <paramref name="offset"/> on; the reader asks only for bytes below <see cref="Length"/>.</summary>
    void Read(long offset, Span<byte> into);

    /// <summary>Tells what will be read soon, each byte once, front to back within a range, so that it can be fetched meanwhile.</summary>
    void Expect(ReadOnlySpan<ByteRange> ranges)
    {
    }
}
