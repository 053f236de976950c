using System.Text;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>A bucket and a key in it, and how whoever asks spells them.</summary>
/// <param name="Location">For messages.</param>
internal readonly record struct S3Place(string Location, string Bucket, string Key)
{
    /// <summary>Other engines' names for the same.</summary>
    public static readonly string[] Schemes = ["s3", "s3a", "s3n"];

    /// <summary><c>s3://</c> in place of the other names.</summary>
    public static string Canonical(string location)
    {
        foreach (var scheme in Schemes)
            if (location.StartsWith(scheme, StringComparison.Ordinal)
                && location.AsSpan(scheme.Length).StartsWith("://", StringComparison.Ordinal))
                return "s3" + location[scheme.Length..];
        throw new EngineException(ErrorKind.Invalid, $"{location} does not lie in S3");
    }

    public static S3Place Of(string location)
    {
        var path = Canonical(location).AsSpan("s3://".Length);
        var slash = path.IndexOf('/');
        var bucket = slash < 0 ? path : path[..slash];
        // It becomes part of a host's name.
        if (bucket.Length < 3 || bucket.ContainsAnyExcept(S3Text.BucketCharacters))
            throw new EngineException(ErrorKind.Invalid, $"{location} does not begin with the name of a bucket");
        return new(location, bucket.ToString(), slash < 0 ? "" : path[(slash + 1)..].ToString());
    }

    /// <summary>The key as it is sent: each part percent-encoded, slashes as they are.</summary>
    public string EncodedKey()
    {
        var text = new StringBuilder(Key.Length + 16);
        foreach (var range in Key.AsSpan().Split('/'))
        {
            if (text.Length > 0 || range.Start.Value > 0) text.Append('/');
            text.Append(Uri.EscapeDataString(Key.AsSpan(range)));
        }
        return text.ToString();
    }
}
