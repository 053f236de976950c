using K2I.Base;

namespace K2I.Parquet;

/// <summary>A moving window over one column chunk's bytes.</summary>
internal sealed unsafe class ChunkInput(IByteSource source, ReadArena arena, int readAheadBytes) : IDisposable
{
    private readonly ReadBuffer window = new(arena);
    private long position;
    private long expectedEnd;
    private long end;
    private int from;
    private int held;

    /// <summary>Where the next byte lies in the file.</summary>
    internal long Position => position;

    /// <summary>What is asked for next, as far as is known; empty at the end of what is expected.</summary>
    internal ByteRange Next => new(position + held, Math.Max(0, Math.Min(readAheadBytes, expectedEnd - position - held)));

    /// <summary>Goes to a chunk. Reads ahead up to its end; asks for more, up to <paramref name="limit"/>, only if its pages go on.</summary>
    internal void Start(long at, long bytes, long limit)
    {
        position = at;
        expectedEnd = at + bytes;
        end = limit;
        from = held = 0;
    }

    /// <summary>More is expected, up to <paramref name="to"/>.</summary>
    internal void Extend(long to) => expectedEnd = Math.Max(expectedEnd, to);

    /// <summary>At least <paramref name="bytes"/> bytes, or all there are before the limit if those are fewer. Valid until the next call.</summary>
    internal ReadOnlySpan<byte> Peek(int bytes)
    {
        if (held < bytes) Fill(bytes);
        return new(window.Pointer + from, held);
    }

    /// <summary>The next bytes, which must be there; followed by readable slack. Valid until the next call.</summary>
    internal byte* Take(int bytes)
    {
        Peek(bytes);
        Damage.Unless(held >= bytes, "a page goes beyond its column");
        var at = window.Pointer + from;
        Skip(bytes);
        return at;
    }

    internal void Skip(int bytes)
    {
        from += bytes;
        held -= bytes;
        position += bytes;
    }

    public void Dispose() => window.Dispose();

    private void Fill(int bytes)
    {
        var left = end - position;
        var want = (int)Math.Min(left, Math.Max(bytes, Math.Min(readAheadBytes, expectedEnd - position)));
        if (want <= held)
        {
            window.Ensure(held, held);
            return;
        }
        if (from > 0 && held > 0) Buffer.MemoryCopy(window.Pointer + from, window.Pointer, window.Capacity, held);
        from = 0;
        var into = window.Ensure(want, held);
        source.Read(position + held, new Span<byte>(into + held, want - held));
        held = want;
        if (Next is { Length: > 0 } next) source.Expect([next]);
    }
}
