namespace K2I.Parquet;

/// <summary>A sink that knows its position.</summary>
internal sealed class CountingSink(IByteSink sink) : IByteSink
{
    internal long Position { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        sink.Write(bytes);
        Position += bytes.Length;
    }
}
