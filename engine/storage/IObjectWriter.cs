namespace K2I.Storage;

/// <summary>One object being written, front to back, by one thread. Disposed without <see cref="Complete"/> it leaves nothing behind.</summary>
public interface IObjectWriter : IDisposable
{
    string Location { get; }

    /// <summary>Bytes written so far.</summary>
    long Length { get; }

    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Nothing more is written: what <see cref="Complete"/> is to wait for goes on meanwhile, where another machine does it. Several
    /// objects that are begun so before the first is completed are waited for together.
    /// </summary>
    void BeginComplete()
    {
    }

    /// <summary>Makes the object visible and durable. To be called once; nothing may be written afterwards.</summary>
    void Complete();
}
