using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>Google Cloud Storage, by its JSON interface.</summary>
/// <remarks>
/// A small object goes with what is told of it in one message of two parts; a large one is a session that takes its bytes front to back
/// (<see cref="GcsUpload"/>). An object's version is its generation; one that is to be made is generation 0 before.
/// </remarks>
internal sealed class GcsService(GcsOptions options, HttpClient http, IClock clock) : CloudService
{
    private const string TokenName = "k2i-token", Fields = "size,generation,metadata,crc32c";
    private const string Generation = "x-goog-generation";

    private readonly GcsCredentials credentials = new(options, http, clock);
    private readonly string endpoint = (options.Endpoint ?? new Uri("https://storage.googleapis.com")).GetLeftPart(UriPartial.Authority);

    public override string Name => "Google Cloud Storage";

    public override string Scheme => Location.Google;

    public override HttpRequestMessage Message(CloudRequest request)
    {
        var query = request.EncodedQuery();
        if (options.UserProject is { } project) query += $"{(query.Length > 0 ? "&" : "")}userProject={Uri.EscapeDataString(project)}";
        var place = request.Place;
        var isUpload = request.Query is [("uploadType", _), ..];
        var path = $"{(isUpload ? "/upload" : "")}/storage/v1/b/{place.Bucket}/o"
            + (place.Key.Length == 0 || isUpload ? "" : "/" + Uri.EscapeDataString(place.Key));
        var message = request.To($"{endpoint}{path}?{query}");
        if (credentials.Current() is { } token) message.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token.Value);
        return message;
    }

    public override CloudRequest Get(CloudPlace place) => new(HttpMethod.Get, place) { Query = [("alt", "media")] };

    public override CloudRequest GetRange(CloudPlace place, string range, string? version) => new(HttpMethod.Get, place)
    {
        Query = version is null ? [("alt", "media")] : [("alt", "media"), ("generation", version)],
        Headers = [("Range", range)],
    };

    public override CloudRequest Look(CloudPlace place) => new(HttpMethod.Get, place) { Query = [("fields", Fields)] };

    public override CloudRequest Delete(CloudPlace place) => new(HttpMethod.Delete, place) { Changes = true };

    public override CloudRequest Put(CloudPlace place, ReadOnlyMemory<byte> body, string token, bool ifAbsent)
    {
        // What is told of the object, then its bytes; no other line can look like the one between them.
        var boundary = "k2i-" + token;
        var metadata = MetadataOf(place, token, Checksum(Crc32C.Compute(body.Span)));
        var head = Encoding.UTF8.GetBytes($"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{metadata}\r\n"
            + $"--{boundary}\r\nContent-Type: application/octet-stream\r\n\r\n");
        var end = Encoding.ASCII.GetBytes($"\r\n--{boundary}--");
        var whole = new byte[head.Length + body.Length + end.Length];
        head.CopyTo(whole, 0);
        body.CopyTo(whole.AsMemory(head.Length));
        end.CopyTo(whole, whole.Length - end.Length);
        ImmutableArray<(string, string?)> query = [("uploadType", "multipart"), ("fields", Fields)];
        return new(HttpMethod.Post, place)
        {
            Query = WithKey(ifAbsent ? query.Add(("ifGenerationMatch", "0")) : query),
            Headers = [("Content-Type", $"multipart/related; boundary={boundary}")],
            Body = whole,
            Changes = true,
        };
    }

    public override CloudRequest List(CloudPlace place, string? delimiter, string? next)
    {
        ImmutableArray<(string, string?)> query =
            [("prefix", place.Key), ("fields", "items(name,size,updated),prefixes,nextPageToken"), ("maxResults", "1000")];
        if (delimiter is not null) query = query.Add(("delimiter", delimiter));
        return new(HttpMethod.Get, place with { Key = "" }) { Query = next is null ? query : query.Add(("pageToken", next)) };
    }

    public override CloudPage? Page(byte[] body) => Parsed(body, json =>
    {
        var page = new CloudPage { Next = Text(json, "nextPageToken") };
        if (json.TryGetProperty("items", out var items))
            foreach (var item in items.EnumerateArray())
                page.Objects.Add(new(item.GetProperty("name").GetString()!, Size(item),
                    item.GetProperty("updated").GetDateTimeOffset().ToUnixTimeMilliseconds()));
        if (json.TryGetProperty("prefixes", out var prefixes))
            foreach (var prefix in prefixes.EnumerateArray()) page.Folders.Add(prefix.GetString()!);
        return page;
    });

    public override CloudUpload Upload(CloudClient client, CloudPlace place, string token) => new GcsUpload(client, place, token, this);

    public override CloudFound? Found(CloudAnswer answer) => Parsed(answer.Body, json => new FoundObject(Size(json),
        json.TryGetProperty("metadata", out var metadata) ? Text(metadata, TokenName) : null)) is { } found
        ? new CloudFound(found.Length, found.Token) : null;

    public override string? VersionOf(CloudAnswer answer) => answer.Header(Generation);

    public override CloudAnswer Told(CloudAnswer answer, CloudRequest request) => answer switch
    {
        { IsSuccess: true } => answer,
        // A session has taken bytes and waits for more.
        { Status: 308 } when request.Target is not null => answer with { Status = 202 },
        _ => answer with { Error = ErrorOf(answer.Body) },
    };

    public override bool Renews(CloudAnswer answer) => answer.Status == 401 && credentials.Refused();

    /// <summary>Begins a session.</summary>
    internal CloudRequest Begin(CloudPlace place, string token) => new(HttpMethod.Post, place)
    {
        Query = WithKey([("uploadType", "resumable"), ("fields", Fields)]),
        Headers = [("Content-Type", "application/json; charset=UTF-8"), ("X-Upload-Content-Type", "application/octet-stream")],
        Body = Encoding.UTF8.GetBytes(MetadataOf(place, token, null)),
    };

    /// <summary>
    /// Where a session is: at our endpoint, whatever host is named, so that our login goes nowhere else. Null if nothing is named.
    /// </summary>
    internal Uri? Session(CloudAnswer answer) =>
        Uri.TryCreate(answer.Header("Location"), UriKind.Absolute, out var uri) ? new Uri(endpoint + uri.PathAndQuery) : null;

    /// <summary>CRC-32C as Google has it.</summary>
    internal static string Checksum(uint crc)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, crc);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>Length and checksum of the object that an answer tells of.</summary>
    internal static (long Length, string? Checksum)? WholeOf(CloudAnswer answer) =>
        Parsed(answer.Body, json => new FoundObject(Size(json), Text(json, "crc32c"))) is { } found ? (found.Length, found.Token) : null;

    private ImmutableArray<(string, string?)> WithKey(ImmutableArray<(string, string?)> query) =>
        options.EncryptionKey is { } key ? query.Add(("kmsKeyName", key)) : query;

    /// <summary>What an object is made with.</summary>
    private string MetadataOf(CloudPlace place, string token, string? checksum)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteString("name", place.Key);
            if (checksum is not null) json.WriteString("crc32c", checksum);
            if (options.StorageClass is { } storageClass) json.WriteString("storageClass", storageClass);
            json.WriteStartObject("metadata");
            json.WriteString(TokenName, token);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static (string Code, string Message) ErrorOf(byte[] body) => Parsed(body, json =>
    {
        if (!json.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object) return null;
        var reason = error.TryGetProperty("errors", out var all) && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() > 0
            ? Text(all[0], "reason") : null;
        return new ErrorText(reason ?? Text(error, "status") ?? "", Text(error, "message") ?? "");
    }) is { } told ? (told.Code, told.Message) : ("", "");

    private static long Size(JsonElement json) =>
        long.Parse(json.GetProperty("size").GetString()!, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static T? Parsed<T>(byte[] body, Func<JsonElement, T?> read) where T : class
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object ? read(json.RootElement) : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or OverflowException or ArgumentNullException)
        {
            return null;
        }
    }

    private sealed record FoundObject(long Length, string? Token);

    private sealed record ErrorText(string Code, string Message);
}
