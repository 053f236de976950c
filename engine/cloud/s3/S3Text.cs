using System.Globalization;
using System.Net;
using System.Text;

namespace K2I.Cloud;

/// <summary>
/// The XML that S3 speaks, read and written: listings, uploads.
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
                    modified = DateTimeOffset.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                        .ToUnixTimeMilliseconds();
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

    public static byte[] PartList(IEnumerable<(int Number, string ETag, string Checksum)> parts)
    {
        var text = new StringBuilder("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        foreach (var part in parts)
            text.Append(CultureInfo.InvariantCulture,
                $"<Part><PartNumber>{part.Number}</PartNumber><ETag>{WebUtility.HtmlEncode(part.ETag)}</ETag>")
                .Append(CultureInfo.InvariantCulture, $"<ChecksumCRC32C>{part.Checksum}</ChecksumCRC32C></Part>");
        return Encoding.UTF8.GetBytes(text.Append("</CompleteMultipartUpload>").ToString());
    }
}
