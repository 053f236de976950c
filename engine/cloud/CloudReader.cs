using System.Buffers;
using System.Globalization;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>
/// An object open for ranged reads. Its end is fetched at once, which mostly holds what a reader looks at first: footers, and small objects
/// whole. That says how long it is, too; where that is known already, nothing is asked before bytes are.
/// </summary>
internal sealed class CloudReader : IObjectReader
{
    private const int TailBytes = 64 << 10;

    private readonly CloudClient client;
    private readonly CloudPlace place;
    private readonly RangesAhead ahead;
    private string? version;
    private byte[]? tail;
    private int tailLength;
    private bool isClosed;

    public CloudReader(CloudClient client, RangeBuffers buffers, CloudPlace place, long? length)
    {
        this.client = client;
        this.place = place;
        ahead = new RangesAhead(client, buffers, (at, bytes) => version is null ? null : Request(at, bytes), Judge);
        try
        {
            Length = length ?? (client.Service.HasSuffixRanges ? FetchTail(null)
                : client.Find(place)?.Length ?? throw CloudStore.Missing(place));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Location => place.Location;

    public long Length { get; }

    public void ReadAt(long offset, Span<byte> into)
    {
        Check.That(!isClosed);
        if (offset < 0 || offset > Length - into.Length)
            throw new EngineException(ErrorKind.Corrupt,
                $"{Location} has {Length} bytes; bytes {offset} to {offset + into.Length} were asked for");
        if (into.IsEmpty) return;
        if (offset >= Length - TailBytes && tail is null && FetchTail(Length) is var found && found != Length)
            throw new EngineException(ErrorKind.Corrupt, $"{Location} has {found} bytes, and was said to have {Length}");
        while (!into.IsEmpty)
        {
            var read = ReadPiece(offset, into);
            offset += read;
            into = into[read..];
        }
    }

    public void Expect(ReadOnlySpan<ByteRange> ranges)
    {
        Check.That(!isClosed);
        // The last bytes are there already, or come at once.
        ahead.Expect(ranges, Length - tailLength);
    }

    public void Dispose()
    {
        isClosed = true;
        ahead.Dispose();
        if (tail is not null) ArrayPool<byte>.Shared.Return(tail);
        tail = null;
    }

    /// <summary>As many bytes as there are in one piece: of the last ones, of those read ahead, or else fetched.</summary>
    private int ReadPiece(long offset, Span<byte> into)
    {
        var tailAt = Length - tailLength;
        if (offset >= tailAt)
        {
            tail.AsSpan((int)(offset - tailAt), into.Length).CopyTo(into);
            return into.Length;
        }
        into = into[..(int)Math.Min(into.Length, tailAt - offset)];
        if (ahead.Read(offset, into) is > 0 and var read) return read;
        into = into[..(int)Math.Min(into.Length, ahead.NextFrom(offset) - offset)];
        Judge(client.Send(Request(offset, into.Length), into), offset, into.Length);
        ahead.Pass(offset, offset + into.Length);
        return into.Length;
    }

    private CloudRequest Request(long offset, int bytes) => client.Service.GetRange(place,
        string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-{offset + bytes - 1}"), version);

    private void Judge(CloudAnswer answer, long offset, int bytes)
    {
        if (answer.Status == 412 || (answer.Status == 404 && version is not null))
            throw new EngineException(ErrorKind.Conflict, $"{Location} was replaced while it was read");
        if (answer.Status == 416)
            throw new EngineException(ErrorKind.Corrupt, $"{Location} ends before byte {offset + bytes}, and had {Length}");
        if (!answer.IsSuccess) throw CloudStore.Missing(place);
        if (answer.Status != 206 && answer.Length != bytes) throw NoRanges();
        if (answer.Length != bytes)
            throw new EngineException(ErrorKind.Corrupt, $"{Location}: {answer.Length} bytes came for {bytes} that were asked for");
        version ??= client.Service.VersionOf(answer);
    }

    /// <summary>The length of the object.</summary>
    /// <param name="known">What it is taken to be; null to find out.</param>
    private long FetchTail(long? known)
    {
        tail = ArrayPool<byte>.Shared.Rent(TailBytes);
        var range = known is { } end
            ? string.Create(CultureInfo.InvariantCulture, $"bytes={Math.Max(0, end - TailBytes)}-{end - 1}")
            : string.Create(CultureInfo.InvariantCulture, $"bytes=-{TailBytes}");
        var answer = client.Send(client.Service.GetRange(place, range, version), tail.AsSpan(0, TailBytes));
        // An object without bytes has no last ones.
        if (answer.Status == 416) return 0;
        if (answer.Status == 412) throw new EngineException(ErrorKind.Conflict, $"{Location} was replaced while it was read");
        if (!answer.IsSuccess) throw CloudStore.Missing(place);
        var length = answer.Status == 206 ? answer.WholeLength ?? throw NoRanges() : answer.Length;
        if (answer.Length > TailBytes || answer.Length != Math.Min(length, TailBytes)) throw NoRanges();
        tailLength = (int)answer.Length;
        version ??= client.Service.VersionOf(answer);
        return length;
    }

    private EngineException NoRanges() => new(ErrorKind.Unsupported,
        $"{Location}: the store does not answer with the range of bytes that is asked for");
}
