namespace K2I.Base;

/// <summary>Some bytes of a file: <paramref name="Length"/> of them, from <paramref name="Offset"/> on.</summary>
public readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>Exclusive.</summary>
    public long End => Offset + Length;
}
