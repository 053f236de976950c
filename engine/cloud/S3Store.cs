using System.Buffers.Binary;
using System.Globalization;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>Objects in S3, or a store that speaks like it, below one location: a bucket, or a folder in one.</summary>
/// <remarks>
/// <para><see cref="PutIfAbsent"/> is a conditional write (<c>If-None-Match: *</c>). A store that takes the condition and passes over it
/// would let two
/// writers win: so before the first such write it is tried, and a store that fails is refused as Unsupported.</para>
/// <para>Each write leaves a mark of its own on the object, so that a writer whose answer was lost can tell its object from
/// another's.</para>
/// </remarks>
public sealed class S3Store : IObjectStore, IDisposable
{
    internal const string TokenHeader = "x-amz-meta-k2i-token";
    internal const string ChecksumHeader = "x-amz-checksum-crc32c";

    private readonly S3Client client;
    private readonly PartBuffers buffers;
    private readonly int partBytes;
    private readonly IRandom random;
    private readonly string root;
    private volatile bool isConditional;

    /// <param name="root">Where every object lies below, by any of <see cref="Schemes"/>.</param>
    /// <param name="options">How to reach it.</param>
    /// <param name="clock">For signatures and waits.</param>
    /// <param name="random">For waits and marks.</param>
    public S3Store(string root, S3Options options, IClock? clock = null, IRandom? random = null)
    {
        Root = Location.Normalize(root);
        this.root = S3Place.Canonical(Root);
        _ = S3Place.Of(Root);
        if (Location.Climbs(this.root)) throw new EngineException(ErrorKind.Invalid, $"{Root} climbs");
        this.random = random ?? SystemRandom.Instance;
        client = new S3Client(options, clock ?? SystemClock.Instance, this.random);
        partBytes = options.PartBytes;
        buffers = new PartBuffers(partBytes, options.UploadBytes);
    }

    /// <summary>How locations in S3 begin, other engines' names among them: <c>s3</c>, <c>s3a</c>, <c>s3n</c>.</summary>
    public static IReadOnlyList<string> Schemes => S3Place.Schemes;

    public string Root { get; }

    public IObjectWriter Create(string location) => new S3Writer(client, buffers, partBytes, ObjectAt(location), NewToken());

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes)
    {
        var place = ObjectAt(location);
        RequireConditionalWrites();
        return PutUnlessThere(place, bytes);
    }

    /// <summary>
    /// Finds out, by writing an object and removing it, whether the store heeds conditions; once it has, nothing more is asked.
    /// </summary>
    /// <exception cref="EngineException">Unsupported: it does not, and tables cannot be kept there without a catalog.</exception>
    public void RequireConditionalWrites()
    {
        if (isConditional) return;
        var probe = ObjectAt($"{Root}/.k2i-probe-{random.NewGuid():N}");
        var (first, second) = (false, true);
        try
        {
            first = PutUnlessThere(probe, "first"u8);
            second = PutUnlessThere(probe, "second"u8);
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Unsupported or ErrorKind.Invalid)
        {
            throw NoConditions(error.Message, error);
        }
        finally
        {
            client.Tidy(new S3Request(HttpMethod.Delete, probe));
        }
        if (!first || second) throw NoConditions("it overwrote an object that was there", null);
        isConditional = true;
    }

    public void Put(string location, ReadOnlySpan<byte> bytes)
    {
        var place = ObjectAt(location);
        var answer = client.Send(Write(place, bytes, NewToken()));
        if (!answer.IsSuccess) throw Missing(place);
    }

    public byte[] Read(string location)
    {
        var place = ObjectAt(location);
        var answer = client.Send(new S3Request(HttpMethod.Get, place));
        return answer.IsSuccess ? answer.Body : throw Missing(place);
    }

    public IObjectReader Open(string location) => new S3Reader(client, ObjectAt(location));

    public bool Exists(string location) => client.Send(new S3Request(HttpMethod.Head, ObjectAt(location))).IsSuccess;

    public long Length(string location)
    {
        var place = ObjectAt(location);
        var answer = client.Send(new S3Request(HttpMethod.Head, place));
        return answer.IsSuccess ? answer.Length : throw Missing(place);
    }

    public IEnumerable<ObjectInfo> List(string prefix)
    {
        var place = Below(prefix);
        var start = prefix[..^place.Key.Length];
        // A key that ends with a slash is some tool's picture of a folder.
        return Pages(place, null).SelectMany(p => p.Objects).Where(o => !o.Location.EndsWith('/'))
            .Select(o => o with { Location = start + o.Location });
    }

    public IEnumerable<string> ListFolders(string folder)
    {
        var place = Below(folder.EndsWith('/') ? folder : folder + "/");
        return Pages(place, "/").SelectMany(p => p.Folders).Select(f => f[place.Key.Length..^1]);
    }

    public bool Delete(string location)
    {
        var place = ObjectAt(location);
        // What is deleted and what was not there are answered alike.
        if (!client.Send(new S3Request(HttpMethod.Head, place)).IsSuccess) return false;
        return client.Send(new S3Request(HttpMethod.Delete, place) { Changes = true }).IsSuccess;
    }

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix)
    {
        var place = Below(prefix);
        var start = prefix[..^place.Key.Length];
        (string Key, string? Id)? next = null;
        do
        {
            var page = UploadsAfter(place, next);
            // Not every store heeds the prefix.
            foreach (var upload in page.Uploads.Where(u => u.Location.StartsWith(place.Key, StringComparison.Ordinal)))
                yield return upload with { Location = start + upload.Location };
            if (page.Next is not null && page.Next == next)
                throw new EngineException(ErrorKind.Corrupt, $"{place.Location}: the list of uploads goes round in circles");
            next = page.Next;
        }
        while (next is not null);
    }

    public bool Abort(UnfinishedObject unfinished) =>
        client.Send(new S3Request(HttpMethod.Delete, ObjectAt(unfinished.Location)) { Query = [("uploadId", unfinished.Id)] }).IsSuccess;

    /// <summary>No object may be under way any more.</summary>
    public void Dispose() => client.Dispose();

    internal static EngineException Missing(S3Place place) => new(ErrorKind.NotFound, $"{place.Location} does not exist");

    /// <summary>CRC-32C as S3 has it.</summary>
    internal static string Checksum(ReadOnlySpan<byte> bytes)
    {
        Span<byte> crc = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32C.Compute(bytes));
        return Convert.ToBase64String(crc);
    }

    /// <summary>Whether the object there is the one with this mark; null if none is there, or one without a mark.</summary>
    internal static bool? HasToken(S3Client client, S3Place place, string token)
    {
        var answer = client.Send(new S3Request(HttpMethod.Head, place));
        return answer is { IsSuccess: true, Token: { } found } ? found == token : null;
    }

    private bool PutUnlessThere(S3Place place, ReadOnlySpan<byte> bytes)
    {
        var token = NewToken();
        var write = Write(place, bytes, token);
        var answer = client.Send(write with { Headers = write.Headers.Add(("If-None-Match", "*")) });
        if (answer.IsSuccess) return true;
        if (answer.Status != 412) throw Missing(place);
        if (!answer.AfterDoubt) return false;
        try
        {
            if (HasToken(client, place, token) is { } isOurs) return isOurs;
        }
        catch (EngineException error)
        {
            throw Undecided(error);
        }
        throw Undecided(null);

        EngineException Undecided(Exception? error) =>
            new(ErrorKind.Unknown,
                $"{place.Location} is there, and whether by this write is not known{(error is null ? "" : $": {error.Message}")}", error);
    }

    private static S3Request Write(S3Place place, ReadOnlySpan<byte> bytes, string token) => new(HttpMethod.Put, place)
    {
        Headers = [(ChecksumHeader, Checksum(bytes)), (TokenHeader, token)],
        Body = bytes.ToArray(),
        Changes = true,
    };

    private IEnumerable<S3Page> Pages(S3Place place, string? delimiter)
    {
        string? next = null;
        do
        {
            List<(string, string?)> query = [("encoding-type", "url"), ("list-type", "2"), ("prefix", place.Key)];
            if (next is not null) query.Insert(0, ("continuation-token", next));
            if (delimiter is not null) query.Insert(next is null ? 0 : 1, ("delimiter", delimiter));
            var answer = client.Send(new S3Request(HttpMethod.Get, place with { Key = "" }) { Query = [.. query] });
            if (!answer.IsSuccess) throw Missing(place);
            var page = S3Text.Page(answer.Body) ?? throw new EngineException(ErrorKind.Corrupt,
                $"{place.Location}: what S3 answered is no listing");
            yield return page;
            next = page.Next;
        }
        while (next is not null);
    }

    private (List<UnfinishedObject> Uploads, (string Key, string? Id)? Next) UploadsAfter(S3Place place, (string Key, string? Id)? from)
    {
        List<(string, string?)> query = [("encoding-type", "url"), ("prefix", place.Key), ("uploads", null)];
        if (from is { } after)
        {
            query.Insert(1, ("key-marker", after.Key));
            if (after.Id is not null) query.Insert(3, ("upload-id-marker", after.Id));
        }
        try
        {
            var answer = client.Send(new S3Request(HttpMethod.Get, place with { Key = "" }) { Query = [.. query] });
            if (!answer.IsSuccess) throw Missing(place);
            return S3Text.Uploads(answer.Body) ?? throw new EngineException(ErrorKind.Corrupt,
                $"{place.Location}: what S3 answered is no list of uploads");
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Invalid && from is { Id: not null })
        {
            // Some stores refuse their own mark: without it more uploads of that key are found once these are gone.
            return UploadsAfter(place, (from.Value.Key, null));
        }
    }

    private S3Place ObjectAt(string location)
    {
        var place = Below(location);
        return place.Key.Length > 0 && !place.Key.EndsWith('/') && S3Place.Canonical(location).Length > root.Length
            ? place : throw new EngineException(ErrorKind.Invalid, $"{location} is not an object");
    }

    private S3Place Below(string location) => Location.IsUnder(S3Place.Canonical(location), root)
        ? S3Place.Of(location) : throw new EngineException(ErrorKind.Invalid, $"{location} does not lie below {Root}");

    private string NewToken() => random.NewGuid().ToString("N", CultureInfo.InvariantCulture);

    private EngineException NoConditions(string why, Exception? error) => new(ErrorKind.Unsupported,
        $"{Root}: the store does not heed If-None-Match, so that of two writers both would win: keep the tables in a catalog "
        + $"(catalog = rest), or take a store that does ({why})", error);
}
