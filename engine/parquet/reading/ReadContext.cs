namespace K2I.Parquet;

/// <summary>What the columns of a file being read share.</summary>
internal sealed class ReadContext(IByteSource source, ParquetReadOptions options, ReadArena arena) : IDisposable
{
    internal IByteSource Source => source;

    internal ParquetReadOptions Options => options;

    internal ReadArena Arena => arena;

    internal Decompressor Decompressor { get; } = new();

    /// <summary>Pages end before this place.</summary>
    internal long PagesEnd { get; set; }

    /// <summary>The place in the file of the first row of the batch being made.</summary>
    internal long BatchStart { get; set; }

    public void Dispose() => Decompressor.Dispose();
}
