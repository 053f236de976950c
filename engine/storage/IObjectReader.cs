using K2I.Base;

namespace K2I.Storage;

/// <summary>One object open for ranged reads, by one thread at a time.</summary>
public interface IObjectReader : IDisposable
{
    string Location { get; }

    long Length { get; }

    /// <summary>Fills <paramref name="into"/> with the bytes from <paramref name="offset"/> on; an object that ends before is Corrupt.</summary>
    void ReadAt(long offset, Span<byte> into);

    /// <summary>
    /// Tells what will be read soon, each byte once, front to back within a range: a store that is far away fetches it meanwhile, as far
    /// as there is room. A hint alone: whatever comes of it, <see cref="ReadAt"/> tells.
    /// </summary>
    void Expect(ReadOnlySpan<ByteRange> ranges)
    {
    }
}
