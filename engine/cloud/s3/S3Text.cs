using System.Globalization;
using System.Net;
using System.Text;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>
/// The XML that S3 speaks, read and written: listings, uploads, removals.
/// </summary>
internal static class S3Text
{
    public static string? UploadId(byte[] body)
    {
        string? id = null;
        return CloudXml.Walk(body, (path, value) => id = path == "InitiateMultipartUploadResult/UploadId" ? value : id) ? id : null;
    }

    /// <summary>One page of a listing; null for what is none.</summary>
    public static CloudPage? Page(byte[] body)
    {
        var page = new CloudPage();
        var (key, length, modified) = ("", 0L, 0L);
        var (whole, isEncoded) = (false, false);
        var read = CloudXml.Walk(body, (path, value) =>
        {
            switch (path)
            {
                case "ListBucketResult/Contents/Key":
                    key = value;
                    break;
                case "ListBucketResult/Contents/Size":
                    length = long.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                case "ListBucketResult/Contents/LastModified":
                    modified = UnixMs(value);
                    break;
                case "ListBucketResult/Contents":
                    page.Objects.Add(new(key, length, modified));
                    break;
                case "ListBucketResult/CommonPrefixes/Prefix":
                    page.Folders.Add(value);
                    break;
                case "ListBucketResult/NextContinuationToken":
                    page.Next = value;
                    break;
                case "ListBucketResult/EncodingType":
                    isEncoded = value == "url";
                    break;
                case "ListBucketResult":
                    whole = true;
                    break;
            }
        });
        if (!read || !whole) return null;
        // Asked for always, so that keys may hold what XML cannot; not every store does it.
        return isEncoded ? page.Decoded() : page;
    }

    /// <summary>Uploads by their keys, and where the next part of the list goes on; null for what is no such list.</summary>
    public static (List<UnfinishedObject> Uploads, (string Key, string? Id)? Next)? Uploads(byte[] body)
    {
        const string root = "ListMultipartUploadsResult", upload = root + "/Upload";
        var uploads = new List<UnfinishedObject>();
        var (key, id, since) = ("", "", 0L);
        var (nextKey, nextId) = ("", "");
        var (whole, isEncoded, goesOn) = (false, false, false);
        var read = CloudXml.Walk(body, (path, value) =>
        {
            switch (path)
            {
                case upload + "/Key":
                    key = value;
                    break;
                case upload + "/UploadId":
                    id = value;
                    break;
                case upload + "/Initiated":
                    since = UnixMs(value);
                    break;
                case upload:
                    uploads.Add(new(key, id, 0, since));
                    break;
                case root + "/NextKeyMarker":
                    nextKey = value;
                    break;
                case root + "/NextUploadIdMarker":
                    nextId = value;
                    break;
                case root + "/IsTruncated":
                    goesOn = value == "true";
                    break;
                case root + "/EncodingType":
                    isEncoded = value == "url";
                    break;
                case root:
                    whole = true;
                    break;
            }
        });
        if (!read || !whole) return null;
        (string, string?)? next = goesOn ? (Decoded(nextKey), nextId) : null;
        return ([.. uploads.Select(u => u with { Location = Decoded(u.Location) })], next);

        string Decoded(string text) => isEncoded ? WebUtility.UrlDecode(text) : text;
    }

    public static byte[] PartList(IEnumerable<(int Number, string ETag, string Checksum)> parts)
    {
        var text = new StringBuilder("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        foreach (var part in parts)
            text.Append(CultureInfo.InvariantCulture,
                $"<Part><PartNumber>{part.Number}</PartNumber><ETag>{WebUtility.HtmlEncode(part.ETag)}</ETag>")
                .Append(CultureInfo.InvariantCulture, $"<ChecksumCRC32C>{part.Checksum}</ChecksumCRC32C></Part>");
        return Encoding.UTF8.GetBytes(text.Append("</CompleteMultipartUpload>").ToString());
    }

    /// <summary>Objects to be removed, of which those are told alone that were not; null where a key cannot be written.</summary>
    public static byte[]? DeleteList(IEnumerable<string> keys)
    {
        var text = new StringBuilder("<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>");
        foreach (var key in keys)
        {
            if (key.Any(char.IsControl)) return null;
            text.Append("<Object><Key>").Append(WebUtility.HtmlEncode(key)).Append("</Key></Object>");
        }
        return Encoding.UTF8.GetBytes(text.Append("</Delete>").ToString());
    }

    /// <summary>What an answer to <see cref="DeleteList"/> tells of keys that are there still; null for what is none.</summary>
    public static List<(string Key, string Code, string Message)>? NotDeleted(byte[] body)
    {
        const string root = "DeleteResult", error = root + "/Error";
        var errors = new List<(string, string, string)>();
        var (key, code, message, whole) = ("", "", "", false);
        var read = CloudXml.Walk(body, (path, value) =>
        {
            switch (path)
            {
                case error + "/Key":
                    key = value;
                    break;
                case error + "/Code":
                    code = value;
                    break;
                case error + "/Message":
                    message = value;
                    break;
                case error:
                    errors.Add((key, code, message));
                    (key, code, message) = ("", "", "");
                    break;
                case root:
                    whole = true;
                    break;
            }
        });
        return read && whole ? errors : null;
    }

    private static long UnixMs(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();
}
