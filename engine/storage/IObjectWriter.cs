namespace K2I.Storage;

/// <summary>One object being written, front to back, by one thread. Disposed without <see cref="Complete"/> it leaves nothing behind.</summary>
public interface IObjectWriter : IDisposable
{
    string Location { get; }

    /// <summary>Bytes written so far.</summary>
    long Length { get; }

    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Makes the object visible and durable. To be called once; nothing may be written afterwards.</summary>
    void Complete();
}
