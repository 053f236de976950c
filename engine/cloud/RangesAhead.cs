using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// What the reader of one object expects to read: near ranges joined, fetched a few at a time while the reader is busy, kept until they
/// are read. One thread; the thread pool fills the buffers.
/// </summary>
/// <param name="request">Asks for bytes of the object; null while it is not known of which version.</param>
/// <param name="fetched">Bytes that came are what was asked for, or it throws.</param>
internal sealed class RangesAhead(CloudClient client, RangeBuffers buffers, Func<long, int, CloudRequest?> request,
    Action<CloudAnswer, long, int> fetched) : IDisposable
{
    /// <summary>Fewer bytes between two ranges are fetched along rather than asked around: they cost less than a request.</summary>
    private const int GapBytes = 256 << 10;

    internal const int MostBytes = 4 << 20;

    private const int MostAtOnce = 8;

    private readonly List<RangeAhead> ahead = [];
    private readonly CancellationTokenSource stop = new();

    /// <param name="ranges">Each to be read once.</param>
    /// <param name="end">Of the bytes that are worth it.</param>
    public void Expect(ReadOnlySpan<ByteRange> ranges, long end)
    {
        var sorted = ranges.ToArray();
        Array.Sort(sorted, static (a, b) => a.Offset.CompareTo(b.Offset));
        RangeAhead? last = null;
        foreach (var range in sorted) last = Add(range with { Length = Math.Min(range.Length, end - range.Offset) }, last);
        Go();
    }

    /// <summary>Bytes from <paramref name="offset"/> on, as many as there are in one piece; 0 where none were fetched.</summary>
    public int Read(long offset, Span<byte> into)
    {
        var at = ahead.FindIndex(r => r.Sent is not null && r.Holds(offset));
        if (at < 0) return 0;
        var range = ahead[at];
        var bytes = (int)Math.Min(into.Length, range.End - offset);
        try
        {
            var target = range.Buffer!.GetSpan();
            var answer = range.Sent!.GetAwaiter().GetResult() ?? range.Settle(client.Send(range.Request!, target));
            fetched(answer, range.Offset, range.Length);
            target.Slice((int)(offset - range.Offset), bytes).CopyTo(into);
            range.Wanted -= bytes;
        }
        catch
        {
            range.Wanted = 0;
            throw;
        }
        finally
        {
            if (range.Wanted <= 0) Drop(at);
        }
        Go();
        return bytes;
    }

    /// <summary>Where the next bytes begin that are on their way, at <paramref name="offset"/> or behind.</summary>
    public long NextFrom(long offset)
    {
        var next = long.MaxValue;
        foreach (var range in ahead)
            if (range.Sent is not null && range.Offset >= offset) next = Math.Min(next, range.Offset);
        return next;
    }

    /// <summary>Bytes up to <paramref name="end"/> were read otherwise.</summary>
    public void Pass(long offset, long end)
    {
        for (var at = ahead.Count - 1; at >= 0; at--)
        {
            var range = ahead[at];
            if (range.Sent is not null || range.Offset >= end || range.End <= offset) continue;
            range.Pass(end);
            if (range.Length == 0) ahead.RemoveAt(at);
        }
        Go();
    }

    public void Dispose()
    {
        stop.Cancel();
        while (ahead.Count > 0) Drop(ahead.Count - 1);
        stop.Dispose();
    }

    /// <summary>Joins it to the one before where that is near, and cuts it where it is long.</summary>
    private RangeAhead? Add(ByteRange range, RangeAhead? last)
    {
        foreach (var known in ahead)
            if (known.Holds(range.Offset)) range = new(known.End, range.End - known.End);
        while (range.Length > 0)
        {
            var isNear = last is { Sent: null } && range.Offset >= last.End && range.Offset - last.End <= GapBytes;
            var end = Math.Min(range.End, (isNear ? last!.Offset : range.Offset) + MostBytes);
            if (isNear && end > range.Offset) last!.Extend(end, end - range.Offset);
            else
            {
                end = Math.Min(range.End, range.Offset + MostBytes);
                ahead.Add(last = new RangeAhead(range.Offset, (int)(end - range.Offset)));
            }
            range = new(end, range.End - end);
        }
        return last;
    }

    /// <summary>Sets more on their way, as far as there is room.</summary>
    private void Go()
    {
        var underWay = ahead.Count(r => r.Sent is { IsCompleted: false });
        foreach (var range in ahead)
        {
            if (underWay >= MostAtOnce) return;
            if (range.Sent is not null) continue;
            if (request(range.Offset, range.Length) is not { } asked || buffers.TryTake(range.Length) is not { } buffer) return;
            range.Start(buffer, asked, client.Fetch(asked, buffer.Memory, stop.Token));
            underWay++;
        }
    }

    private void Drop(int at)
    {
        var range = ahead[at];
        ahead.RemoveAt(at);
        if (range.Buffer is not { } buffer) return;
        // It is free once its request has ended, however that is.
        _ = range.Sent!.GetAwaiter().GetResult();
        buffers.Give(buffer);
    }
}
