using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>
/// An object open for ranged reads. Opening it fetches its end, which says how long it is and mostly holds what a reader looks at first:
/// footers, and small objects whole.
/// </summary>
internal sealed class S3Reader : IObjectReader
{
    private const int TailBytes = 64 << 10;

    private readonly S3Client client;
    private readonly S3Place place;
    private readonly string? etag;
    private readonly int tailLength;
    private byte[]? tail;

    public S3Reader(S3Client client, S3Place place)
    {
        this.client = client;
        this.place = place;
        tail = ArrayPool<byte>.Shared.Rent(TailBytes);
        try
        {
            var range = string.Create(CultureInfo.InvariantCulture, $"bytes=-{TailBytes}");
            var answer = client.Send(new S3Request(HttpMethod.Get, place) { Headers = [("Range", range)] }, tail.AsSpan(0, TailBytes));
            // An object without bytes has no last ones.
            if (answer.Status == 416) return;
            if (!answer.IsSuccess) throw S3Store.Missing(place);
            Length = answer.Status == 206 ? answer.WholeLength ?? throw NoRanges() : answer.Length;
            tailLength = (int)answer.Length;
            if (answer.Length > TailBytes || tailLength != Math.Min(Length, TailBytes)) throw NoRanges();
            etag = answer.ETag;
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
        Check.That(tail is not null);
        if (offset < 0 || offset > Length - into.Length)
            throw new EngineException(ErrorKind.Corrupt,
                $"{Location} has {Length} bytes; bytes {offset} to {offset + into.Length} were asked for");
        if (into.IsEmpty) return;
        if (offset >= Length - tailLength)
        {
            tail.AsSpan((int)(offset - (Length - tailLength)), into.Length).CopyTo(into);
            return;
        }
        var range = string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-{offset + into.Length - 1}");
        ImmutableArray<(string, string)> headers = etag is null ? [("Range", range)] : [("Range", range), ("If-Match", etag)];
        var answer = client.Send(new S3Request(HttpMethod.Get, place) { Headers = headers }, into);
        if (answer.Status == 412) throw new EngineException(ErrorKind.Conflict, $"{Location} was replaced while it was read");
        if (answer.Status == 416)
            throw new EngineException(ErrorKind.Corrupt, $"{Location} ends before byte {offset + into.Length}, and had {Length}");
        if (!answer.IsSuccess) throw S3Store.Missing(place);
        if (answer.Status != 206 && answer.Length != into.Length) throw NoRanges();
        if (answer.Length != into.Length)
            throw new EngineException(ErrorKind.Corrupt, $"{Location}: {answer.Length} bytes came for {into.Length} that were asked for");
    }

    public void Dispose()
    {
        if (tail is not null) ArrayPool<byte>.Shared.Return(tail);
        tail = null;
    }

    private EngineException NoRanges() => new(ErrorKind.Unsupported,
        $"{Location}: the store does not answer with the range of bytes that is asked for");
}
