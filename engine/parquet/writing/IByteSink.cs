namespace K2I.Parquet;

/// <summary>Where a file's bytes go, in order, from the first to the last. Errors of the place behind it pass through the writer to its caller.</summary>
public interface IByteSink
{
    /// <summary>Takes the next bytes. The span is valid during the call only.</summary>
    void Write(ReadOnlySpan<byte> bytes);
}
