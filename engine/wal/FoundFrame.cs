namespace K2I.Wal;

/// <summary>
/// A frame that an opening found: a borrow of the log's own memory, valid until the next call to the <see cref="FoundFrames"/> that it came
/// from.
/// </summary>
public readonly ref struct FoundFrame
{
    internal FoundFrame(byte kind, ulong stream, ReadOnlySpan<byte> payload)
    {
        Kind = kind;
        Stream = stream;
        Payload = payload;
    }

    public byte Kind { get; }

    public ulong Stream { get; }

    public ReadOnlySpan<byte> Payload { get; }
}
