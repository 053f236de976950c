using System.Buffers;

namespace K2I.Parquet;

/// <summary>Keeps what is written, in managed memory: for files of some kilobytes.</summary>
public sealed class MemorySink : IByteSink
{
    private readonly ArrayBufferWriter<byte> bytes = new();

    public ReadOnlyMemory<byte> Written => bytes.WrittenMemory;

    public void Write(ReadOnlySpan<byte> bytes) => this.bytes.Write(bytes);
}
