namespace K2I.Storage;

/// <summary>One object open for ranged reads, by one thread at a time.</summary>
public interface IObjectReader : IDisposable
{
    string Location { get; }

    long Length { get; }

    /// <summary>Fills <paramref name="into"/> with the bytes from <paramref name="offset"/> on; an object that ends before is Corrupt.</summary>
    void ReadAt(long offset, Span<byte> into);
}
