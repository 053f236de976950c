using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>Azure's store of blobs, with folders (<c>abfs</c>) or without (<c>wasb</c>): both answer to its REST interface.</summary>
internal sealed class AzureService(AzureOptions options, HttpClient http, IClock clock) : CloudService
{
    private const string TokenHeader = "x-ms-meta-k2itoken", Version = "2023-11-03";

    private readonly AzureCredentials credentials = new(options, http, clock);

    public override string Name => "Azure";

    public override string Scheme => Location.Azure;

    public override bool HasSuffixRanges => false;

    public override HttpRequestMessage Message(CloudRequest request)
    {
        var place = request.Place;
        credentials.Location ??= place.Location;
        var login = credentials.Current();
        var account = place.Account.Split('.')[0];
        var host = place.Account.Contains('.', StringComparison.Ordinal)
            ? place.Account.Replace(".dfs.", ".blob.", StringComparison.Ordinal) : account + ".blob.core.windows.net";
        var root = options.Endpoint is { } endpoint ? endpoint.GetLeftPart(UriPartial.Authority) : $"https://{host}";
        var path = $"{(options.Endpoint is null ? "" : "/" + account)}/{place.Bucket}"
            + (place.Key.Length > 0 ? "/" + place.EncodedKey() : "");
        var query = request.EncodedQuery();
        if (login.Sas is { } sas) query += (query.Length > 0 ? "&" : "") + sas;
        var message = request.To($"{root}{path}{(query.Length > 0 ? "?" + query : "")}");
        message.Headers.TryAddWithoutValidation("x-ms-version", Version);
        message.Headers.TryAddWithoutValidation("x-ms-date",
            DateTimeOffset.FromUnixTimeMilliseconds(clock.UnixMs).ToString("R", CultureInfo.InvariantCulture));
        if (login.Token is { } token) message.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token.Value);
        if (login.Key is { } key) AzureSigner.Sign(message, request, account, path, key);
        return message;
    }

    public override CloudRequest Get(CloudPlace place) => new(HttpMethod.Get, place);

    public override CloudRequest GetRange(CloudPlace place, string range, string? version) => new(HttpMethod.Get, place)
    {
        Headers = version is null ? [("Range", range)] : [("Range", range), ("If-Match", version)],
    };

    public override CloudRequest Look(CloudPlace place) => new(HttpMethod.Head, place);

    public override CloudRequest Delete(CloudPlace place) =>
        new(HttpMethod.Delete, place) { Headers = [("x-ms-delete-snapshots", "include")], Changes = true };

    public override CloudRequest Put(CloudPlace place, ReadOnlyMemory<byte> body, string token, bool ifAbsent)
    {
        ImmutableArray<(string, string)> headers = [("x-ms-blob-type", "BlockBlob"), (TokenHeader, token)];
        if (ifAbsent) headers = headers.Add(("If-None-Match", "*"));
        return new(HttpMethod.Put, place) { Headers = headers, Body = body, Changes = true };
    }

    public override CloudRequest List(CloudPlace place, string? delimiter, string? next)
    {
        ImmutableArray<(string, string?)> query =
            [("comp", "list"), ("maxresults", "1000"), ("prefix", place.Key), ("restype", "container")];
        if (delimiter is not null) query = query.Add(("delimiter", delimiter));
        return new(HttpMethod.Get, place with { Key = "" }) { Query = next is null ? query : query.Add(("marker", next)) };
    }

    public override CloudPage? Page(byte[] body)
    {
        const string root = "EnumerationResults", blob = root + "/Blobs/Blob";
        var page = new CloudPage();
        var (key, length, modified, isFolder, whole) = ("", 0L, 0L, false, false);
        var read = CloudXml.Walk(body, (path, value) =>
        {
            switch (path)
            {
                case blob + "/Name":
                    key = value;
                    break;
                case blob + "/Properties/Content-Length":
                    length = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                case blob + "/Properties/Last-Modified":
                    modified = DateTimeOffset.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                        .ToUnixTimeMilliseconds();
                    break;
                case blob + "/Properties/ResourceType":
                    isFolder = value == "directory";
                    break;
                case blob:
                    if (!isFolder) page.Objects.Add(new(key, length, modified));
                    isFolder = false;
                    break;
                case root + "/Blobs/BlobPrefix/Name":
                    page.Folders.Add(value);
                    break;
                case root + "/NextMarker":
                    page.Next = value;
                    break;
                case root:
                    whole = true;
                    break;
            }
        });
        return read && whole ? page : null;
    }

    public override CloudUpload Upload(CloudClient client, CloudPlace place, string token) => new AzureUpload(client, place, token);

    public override CloudFound? Found(CloudAnswer answer) => new CloudFound(answer.Length, answer.Header(TokenHeader));

    public override string? VersionOf(CloudAnswer answer) => answer.Header("ETag");

    public override CloudAnswer Told(CloudAnswer answer, CloudRequest request)
    {
        if (answer.IsSuccess) return answer;
        var (code, message) = CloudXml.Error(answer.Body);
        code = answer.Header("x-ms-error-code") ?? code;
        // A time and an id follow, on lines of their own.
        message = message.Split('\n')[0];
        return answer with
        {
            Error = (code, message),
            Status = code switch
            {
                // Others answer so where a condition does not hold.
                "BlobAlreadyExists" => 412,
                // Its blocks are gone: the blob tells why.
                "InvalidBlockList" => 404,
                _ => answer.Status,
            },
        };
    }

    public override bool Renews(CloudAnswer answer) => answer.Status is 401 or 403 && credentials.Refused();

    /// <summary>Makes the blob of blocks that are there.</summary>
    internal static CloudRequest Compose(CloudPlace place, IEnumerable<string> blocks, string token)
    {
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
        foreach (var block in blocks) text.Append(CultureInfo.InvariantCulture, $"<Latest>{block}</Latest>");
        return new(HttpMethod.Put, place)
        {
            Query = [("comp", "blocklist")],
            Headers = [(TokenHeader, token)],
            Body = Encoding.UTF8.GetBytes(text.Append("</BlockList>").ToString()),
            Changes = true,
        };
    }

    protected override ErrorKind? KindOf(CloudAnswer answer) =>
        answer is { Status: 404, Error.Code: "ContainerNotFound" } ? ErrorKind.NotFound : base.KindOf(answer);
}
