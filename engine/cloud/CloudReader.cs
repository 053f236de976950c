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
    private string? version;
    private byte[]? tail;
    private int tailLength;
    private bool isClosed;

    public CloudReader(CloudClient client, CloudPlace place, long? length)
    {
        this.client = client;
        this.place = place;
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
        if (offset >= Length - tailLength)
        {
            tail.AsSpan((int)(offset - (Length - tailLength)), into.Length).CopyTo(into);
            return;
        }
        var range = string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-{offset + into.Length - 1}");
        var answer = client.Send(client.Service.GetRange(place, range, version), into);
        if (answer.Status == 412 || (answer.Status == 404 && version is not null))
            throw new EngineException(ErrorKind.Conflict, $"{Location} was replaced while it was read");
        if (answer.Status == 416)
            throw new EngineException(ErrorKind.Corrupt, $"{Location} ends before byte {offset + into.Length}, and had {Length}");
        if (!answer.IsSuccess) throw CloudStore.Missing(place);
        if (answer.Status != 206 && answer.Length != into.Length) throw NoRanges();
        if (answer.Length != into.Length)
            throw new EngineException(ErrorKind.Corrupt, $"{Location}: {answer.Length} bytes came for {into.Length} that were asked for");
        version ??= client.Service.VersionOf(answer);
    }

    public void Dispose()
    {
        isClosed = true;
        if (tail is not null) ArrayPool<byte>.Shared.Return(tail);
        tail = null;
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
