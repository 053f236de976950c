using System.Buffers;
using System.Text;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>A bucket (Azure: a container) and a key in it, and how whoever asks spells them.</summary>
/// <param name="Location">For messages.</param>
/// <param name="Account">Of Azure, maybe with the domain of its host; empty elsewhere.</param>
internal readonly record struct CloudPlace(string Location, string Account, string Bucket, string Key)
{
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_$");

    /// <param name="location">A location.</param>
    /// <param name="scheme">The canonical scheme that it must have.</param>
    public static CloudPlace Of(string location, string scheme)
    {
        var text = K2I.Storage.Location.Canonical(location);
        if (!text.StartsWith(scheme, StringComparison.Ordinal) || !text.AsSpan(scheme.Length).StartsWith("://", StringComparison.Ordinal))
            throw new EngineException(ErrorKind.Invalid, $"{location} does not begin with {scheme}://");
        var path = text.AsSpan(scheme.Length + "://".Length);
        var slash = path.IndexOf('/');
        var authority = slash < 0 ? path : path[..slash];
        var at = authority.IndexOf('@');
        var bucket = at < 0 ? authority : authority[..at];
        var account = at < 0 ? default : authority[(at + 1)..];
        // They become parts of a host's name, or of a path.
        if (bucket.Length < 3 || bucket.ContainsAnyExcept(NameCharacters) || account.ContainsAnyExcept(NameCharacters)
            || (scheme == K2I.Storage.Location.Azure ? account.IsEmpty : at >= 0))
            throw new EngineException(ErrorKind.Invalid, scheme == K2I.Storage.Location.Azure
                ? $"{location} does not begin with a container and an account (abfss://container@account.dfs.core.windows.net)"
                : $"{location} does not begin with the name of a bucket");
        return new(location, account.ToString(), bucket.ToString(), slash < 0 ? "" : path[(slash + 1)..].ToString());
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
