namespace K2I.Parquet.Tests;

/// <summary>A file in memory.</summary>
internal sealed class MemorySink : IByteSink
{
    private readonly MemoryStream stream = new();

    internal byte[] Bytes => stream.ToArray();

    public void Write(ReadOnlySpan<byte> bytes) => stream.Write(bytes);
}
