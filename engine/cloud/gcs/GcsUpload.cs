using System.Globalization;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// A session that takes an object's bytes front to back, and makes it of them when the last have come. One that is not ended goes by itself
/// after a week.
/// </summary>
/// <remarks>
/// Bytes that are sent again are passed over by the store as far as it has them; an answer says how far that is, and what is missing of a
/// part is sent again. What the store says it has made is compared with what was written, length and checksum.
/// </remarks>
internal sealed class GcsUpload(CloudClient client, CloudPlace place, string token, GcsService service) : CloudUpload(client, place, token)
{
    private const int MostResends = 20;

    private Uri? session;
    private uint crc;
    private CloudAnswer? last;

    public override int PartsAtOnce => 1;

    public override CloudRequest? Abort => session is null ? null : new CloudRequest(HttpMethod.Delete, Place) { Target = session };

    public override void Begin()
    {
        var answer = Client.Send(service.Begin(Place, Token));
        if (!answer.IsSuccess) throw Refused(answer);
        session = service.Session(answer) ?? throw new EngineException(ErrorKind.Unsupported,
            $"{Place.Location}: the store began an upload without saying where");
    }

    public override CloudRequest Part(int number, long offset, ReadOnlyMemory<byte> body, bool isLast)
    {
        crc = Crc32C.Append(crc, body.Span);
        return Bytes(offset, body, isLast ? offset + body.Length : null);
    }

    public override void Arrived(CloudPart part, CloudAnswer answer)
    {
        var request = part.Request;
        for (var left = MostResends; answer.Status == 202 && Missing(request, answer) is { } rest; left--)
        {
            if (left == 0) throw new EngineException(ErrorKind.Unavailable, $"{Place.Location}: the store does not keep what is sent");
            answer = Client.Send(request = rest);
        }
        // The last bytes' answer is looked at when all is done: the session may be gone because it has ended well.
        last = answer;
        if (!answer.IsSuccess && !request.Changes) throw Refused(answer);
    }

    public override void Complete(long length)
    {
        var answer = last!;
        if (answer.IsSuccess && GcsService.WholeOf(answer) is { } made)
        {
            if (made.Length == length && (made.Checksum is null || made.Checksum == GcsService.Checksum(crc))) return;
            // Nobody may read it.
            Client.Tidy(Client.Service.Delete(Place));
            throw new EngineException(ErrorKind.Unavailable,
                $"{Place.Location}: the store made an object of {made.Length} bytes of the {length} that were written, or of others");
        }
        if (answer.Status is not (202 or 400 or 404 or 410)) throw Refused(answer);
        FindOut(answer);
    }

    /// <summary>What the store does not have of a part; null if it has all.</summary>
    private CloudRequest? Missing(CloudRequest part, CloudAnswer answer)
    {
        var (first, total) = RangeOf(part);
        // bytes=0-99, and nothing where it has none.
        var range = answer.Header("Range");
        var has = range is null ? 0 : long.TryParse(range.AsSpan(range.LastIndexOf('-') + 1), NumberStyles.None,
            CultureInfo.InvariantCulture, out var end) ? end + 1 : -1;
        if (has >= first + part.Body.Length) return null;
        if (has < first) throw new EngineException(ErrorKind.Unavailable, $"{Place.Location}: the store has lost what was sent before");
        return Bytes(has, part.Body[(int)(has - first)..], total);
    }

    /// <param name="total">Of the whole object, with its last bytes.</param>
    private CloudRequest Bytes(long offset, ReadOnlyMemory<byte> body, long? total)
    {
        var range = string.Create(CultureInfo.InvariantCulture,
            $"bytes {offset}-{offset + body.Length - 1}/{(total is { } known ? known.ToString(CultureInfo.InvariantCulture) : "*")}");
        return new CloudRequest(HttpMethod.Put, Place)
        {
            Target = session,
            Headers = [("Content-Range", range)],
            Body = body,
            Changes = total is not null,
        };
    }

    private static (long First, long? Total) RangeOf(CloudRequest part)
    {
        var range = part.Headers[0].Value.AsSpan("bytes ".Length);
        return (long.Parse(range[..range.IndexOf('-')], NumberStyles.None, CultureInfo.InvariantCulture),
            long.TryParse(range[(range.IndexOf('/') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var total)
                ? total : null);
    }
}
