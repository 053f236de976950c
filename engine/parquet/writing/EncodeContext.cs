namespace K2I.Parquet;

/// <summary>What the columns that one thread encodes share: options, memory, compressor, scratch.</summary>
internal sealed class EncodeContext(ParquetOptions options, BufferArena arena, Compressor? compressor) : IDisposable
{
    internal ParquetOptions Options { get; } = options;

    internal BufferArena Arena { get; } = arena;

    internal Compressor? Compressor { get; } = compressor;

    /// <summary>A page before compression.</summary>
    internal GrowBuffer Body { get; } = new(arena);

    /// <summary>A page after compression.</summary>
    internal GrowBuffer Compressed { get; } = new(arena);

    /// <summary>A page's encoded levels.</summary>
    internal GrowBuffer Levels { get; } = new(arena);

    /// <summary>Values of one slice on their way into a dictionary.</summary>
    internal GrowBuffer Staging { get; } = new(arena);

    internal ThriftWriter Header { get; } = new();

    public void Dispose()
    {
        Body.Dispose();
        Compressed.Dispose();
        Levels.Dispose();
        Staging.Dispose();
        Header.Dispose();
    }
}
