using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>S3, and stores that speak like it.</summary>
internal sealed class S3Service(S3Options options, IClock clock) : CloudService
{
    private const string TokenHeader = "x-amz-meta-k2i-token";
    private const string ChecksumHeader = "x-amz-checksum-crc32c";

    private readonly S3Credentials credentials = new(options, clock);
    private readonly ImmutableArray<(string, string)> ofRequests = options.RequesterPays ? [("x-amz-request-payer", "requester")] : [];
    private readonly ImmutableArray<(string, string)> ofWrites = OfWrites(options);

    public override string Name => "S3";

    public override string Scheme => Location.S3;

    public override bool HeedsConditions => false;

    public override bool DeleteTells => false;

    public override HttpRequestMessage Message(CloudRequest request)
    {
        var region = credentials.Region();
        var (root, path) = S3Host.Of(options, region, request.Place);
        var query = request.EncodedQuery();
        var message = request.To(root + path + (query.Length > 0 ? "?" + query : ""));
        foreach (var (name, value) in ofRequests) message.Headers.TryAddWithoutValidation(name, value);
        if (options.Signer is { } signer)
        {
            signer.Sign(message, request.Body.Span);
            return message;
        }
        S3Signer.Sign(message, path, query, request.Body, credentials.Current(), region,
            DateTimeOffset.FromUnixTimeMilliseconds(clock.UnixMs).UtcDateTime);
        return message;
    }

    public override bool Renews(CloudAnswer answer) =>
        answer.Error.Code is "ExpiredToken" or "TokenRefreshRequired" && credentials.Refuse();

    public override CloudRequest Get(CloudPlace place) => new(HttpMethod.Get, place);

    public override CloudRequest GetRange(CloudPlace place, string range, string? version) => new(HttpMethod.Get, place)
    {
        Headers = version is null ? [("Range", range)] : [("Range", range), ("If-Match", version)],
    };

    public override CloudRequest Look(CloudPlace place) => new(HttpMethod.Head, place);

    public override CloudRequest Delete(CloudPlace place) => new(HttpMethod.Delete, place) { Changes = true };

    public override CloudRequest? DeleteAll(IReadOnlyList<CloudPlace> places)
    {
        if (S3Text.DeleteList(places.Select(p => p.Key)) is not { } body) return null;
        return new(HttpMethod.Post, places[0] with { Key = "" })
        {
            Query = [("delete", null)],
            Headers = [("Content-MD5", Digest(body))],
            Body = body,
            Changes = true,
        };
    }

    public override Dictionary<string, EngineException> NotDeleted(CloudAnswer answer, CloudPlace place)
    {
        if (S3Text.NotDeleted(answer.Body) is not { } errors)
            throw new EngineException(ErrorKind.Corrupt, $"{place.Location}: what {Name} answered does not tell what was removed");
        var failed = new Dictionary<string, EngineException>(StringComparer.Ordinal);
        foreach (var (key, code, message) in errors)
        {
            if (code is "NoSuchKey" or "NoSuchVersion") continue;
            var kind = code switch
            {
                "AccessDenied" => ErrorKind.Denied,
                "InternalError" or "SlowDown" or "ServiceUnavailable" => ErrorKind.Unavailable,
                _ => ErrorKind.Invalid,
            };
            failed[key] = new EngineException(kind, $"{Name} did not remove {key}: {code} {message}".TrimEnd());
        }
        return failed;
    }

    public override CloudRequest Put(CloudPlace place, ReadOnlyMemory<byte> body, string token, bool ifAbsent)
    {
        ImmutableArray<(string, string)> headers = [(ChecksumHeader, Checksum(body.Span)), (TokenHeader, token), .. ofWrites];
        if (ifAbsent) headers = headers.Add(("If-None-Match", "*"));
        return new(HttpMethod.Put, place) { Headers = headers, Body = body, Changes = true };
    }

    public override CloudRequest List(CloudPlace place, string? delimiter, string? next)
    {
        List<(string, string?)> query = [("encoding-type", "url"), ("list-type", "2"), ("prefix", place.Key)];
        if (delimiter is not null) query.Insert(0, ("delimiter", delimiter));
        if (next is not null) query.Insert(0, ("continuation-token", next));
        return new(HttpMethod.Get, place with { Key = "" }) { Query = [.. query] };
    }

    public override CloudPage? Page(byte[] body) => S3Text.Page(body);

    public override CloudUpload Upload(CloudClient client, CloudPlace place, string token) => new S3Upload(client, place, token, this);

    public override CloudRequest? ListUploads(CloudPlace place, (string Key, string? Id)? from)
    {
        List<(string, string?)> query = [("encoding-type", "url"), ("prefix", place.Key), ("uploads", null)];
        if (from is { } after)
        {
            query.Insert(1, ("key-marker", after.Key));
            if (after.Id is not null) query.Insert(3, ("upload-id-marker", after.Id));
        }
        return new(HttpMethod.Get, place with { Key = "" }) { Query = [.. query] };
    }

    public override (List<UnfinishedObject> Uploads, (string Key, string? Id)? Next)? Uploads(byte[] body) => S3Text.Uploads(body);

    public override CloudRequest? AbortUpload(CloudPlace place, string id) =>
        new(HttpMethod.Delete, place) { Query = [("uploadId", id)] };

    public override CloudFound? Found(CloudAnswer answer) => new CloudFound(answer.Length, answer.Header(TokenHeader));

    public override string? VersionOf(CloudAnswer answer) => answer.Header("ETag");

    public override CloudAnswer Told(CloudAnswer answer, CloudRequest request)
    {
        if (answer.IsSuccess && request.Method != HttpMethod.Post) return answer;
        var error = CloudXml.Error(answer.Body);
        // An upload that is being completed answers before it knows how that ends.
        return answer with { Error = error, Status = answer.IsSuccess && error.Code.Length > 0 ? 500 : answer.Status };
    }

    public override bool Passes(CloudAnswer answer) => answer.Status switch
    {
        // A bucket that is so new that its name leads astray.
        307 => true,
        409 => answer.Error.Code is "ConditionalRequestConflict" or "OperationAborted",
        // Bytes that were damaged or cut on the way.
        400 => answer.Error.Code is "RequestTimeout" or "BadDigest" or "IncompleteBody" or "InvalidDigest" or "XAmzContentSHA256Mismatch"
            or "InternalError",
        _ => base.Passes(answer),
    };

    /// <summary>The headers that begin an upload.</summary>
    internal ImmutableArray<(string, string)> OfUpload(string token) =>
        [("x-amz-checksum-algorithm", "CRC32C"), (TokenHeader, token), .. ofWrites];

    internal static (string, string) OfPart(string checksum) => (ChecksumHeader, checksum);

    /// <summary>CRC-32C as S3 has it.</summary>
    internal static string Checksum(ReadOnlySpan<byte> bytes)
    {
        Span<byte> crc = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32C.Compute(bytes));
        return Convert.ToBase64String(crc);
    }

    // No safety is in it: every store that speaks like S3 knows it for this request, and not all know another.
#pragma warning disable CA5351
    private static string Digest(byte[] body) => Convert.ToBase64String(MD5.HashData(body));
#pragma warning restore CA5351

    protected override ErrorKind? KindOf(CloudAnswer answer) => (answer.Status, answer.Error.Code) switch
    {
        (404, "NoSuchBucket") => ErrorKind.NotFound,
        // A gateway's way to say that it does not know the key.
        (404, "XAdminUserNotFound") => ErrorKind.Denied,
        (400, "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired") => ErrorKind.Denied,
        _ => base.KindOf(answer),
    };

    protected override string Hint(CloudAnswer answer) =>
        answer.Status is 301 or 307 or 400 && answer.Header("x-amz-bucket-region") is { } region ? $"; the bucket is in region {region}"
            : base.Hint(answer);

    private static ImmutableArray<(string, string)> OfWrites(S3Options options)
    {
        var headers = ImmutableArray.CreateBuilder<(string, string)>();
        if (options.Encryption is { } encryption) headers.Add(("x-amz-server-side-encryption", encryption));
        if (options.EncryptionKey is { } key) headers.Add(("x-amz-server-side-encryption-aws-kms-key-id", key));
        if (options.StorageClass is { } storageClass) headers.Add(("x-amz-storage-class", storageClass));
        if (options.Tags.Count > 0)
            headers.Add(("x-amz-tagging", string.Join('&',
                options.Tags.Select(t => $"{Uri.EscapeDataString(t.Key)}={Uri.EscapeDataString(t.Value)}"))));
        return headers.ToImmutable();
    }
}
