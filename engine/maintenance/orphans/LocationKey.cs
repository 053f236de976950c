using System.IO.Hashing;
using System.Text;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>
/// A location in 16 bytes: a hash of its path, without scheme and authority, after percent escapes and doubled slashes are undone. Where
/// two spellings may mean one file they have one
/// key, and so may two files: either way a file is taken to be named that might not be, and is kept.
/// </summary>
internal static class LocationKey
{
    public static UInt128 Of(string location)
    {
        var path = Uri.UnescapeDataString(PathOf(location));
        var text = new StringBuilder(path.Length);
        foreach (var c in path)
            if (c != '/' || text.Length == 0 || text[^1] != '/') text.Append(c);
        return XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>
    /// Scheme and authority as they are compared: <c>s3a</c> and <c>s3n</c> are <c>s3</c>; a bare path has what <c>file</c> has.
    /// </summary>
    public static string PlaceOf(string location)
    {
        var scheme = Location.SchemeOf(location).ToLowerInvariant();
        if (scheme is "s3a" or "s3n") scheme = "s3";
        return $"{scheme}://{AuthorityOf(location).ToLowerInvariant()}";
    }

    /// <summary>From the slash after the authority on.</summary>
    public static string PathOf(string location)
    {
        var colon = location.StartsWith('/') ? -1 : location.IndexOf(':', StringComparison.Ordinal);
        var rest = location[(colon + 1)..];
        if (!rest.StartsWith("//", StringComparison.Ordinal)) return rest;
        var slash = rest.IndexOf('/', 2);
        return slash < 0 ? "/" : rest[slash..];
    }

    private static string AuthorityOf(string location)
    {
        var at = location.IndexOf("://", StringComparison.Ordinal);
        if (at < 0 || location.StartsWith('/')) return "";
        var slash = location.IndexOf('/', at + 3);
        return slash < 0 ? location[(at + 3)..] : location[(at + 3)..slash];
    }
}
