using System.Buffers;
using K2I.Columns;

namespace K2I.Query;

/// <summary>
/// Encodes rows in some form into a buffer writer: <see cref="Begin"/>, any number of <see cref="Write"/>, <see cref="End"/>. What was not
/// ended can be told from what was, by its reader. It writes as much as it is told to and never flushes. One thread.
/// </summary>
public abstract class RowOutput(IBufferWriter<byte> output) : IDisposable
{
    /// <summary>Bytes written so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Writes what comes before the rows. Once, first.</summary>
    public abstract void Begin(Schema schema);

    /// <summary>
    /// Writes the rows at these ordinals, in their order: the first of them, and as many more as have room in about
    /// <paramref name="maxBytes"/>. Returns how many. They are not looked at after it returns.
    /// </summary>
    public abstract int Write(Batch batch, ReadOnlySpan<Ordinal> rows, int maxBytes);

    /// <summary>Writes what comes after the last row.</summary>
    public abstract void End();

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Appends bytes to the output.</summary>
    protected void Append(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        Bytes += bytes.Length;
    }
}
