using K2I.Base;

namespace K2I.Storage;

/// <summary>
/// The text of locations. Paths inside are raw: <c>%</c>, <c>+</c> and blanks stand for themselves, since Iceberg compares locations as
/// strings.
/// </summary>
public static class Location
{
    /// <summary>
    /// Canonical schemes of clouds: S3 (also <c>s3a</c>, <c>s3n</c>), Google, Azure (also <c>abfss</c>, <c>wasb</c>, <c>wasbs</c>).
    /// </summary>
    public const string S3 = "s3", Google = "gs", Azure = "abfs";

    /// <summary>
    /// A location from what a person configured: a URI as it is, a local path made absolute and prefixed with <c>file://</c>. No slash at
    /// the end.
    /// </summary>
    public static string FromConfig(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) throw new EngineException(ErrorKind.Invalid, "a location is empty");
        if (SchemeEnd(text) >= 0) return Normalize(text);
        return "file://" + Path.GetFullPath(text).TrimEnd('/');
    }

    /// <summary>
    /// The canonical spelling: <c>file:/a</c> and <c>/a</c> become <c>file:///a</c>, other schemes stay, slashes at the end go.
    /// </summary>
    public static string Normalize(string location)
    {
        var end = SchemeEnd(location);
        if (end < 0) return location.StartsWith('/') ? "file://" + Trimmed(location) : throw new EngineException(ErrorKind.Invalid, $"'{location}' is not a location: it has no scheme");
        if (!location.AsSpan(0, end).SequenceEqual("file")) return Trimmed(location);
        return "file://" + Trimmed(LocalPath(location));
    }

    /// <summary>
    /// The spelling that all names of one place share, for comparing them: those in use for a scheme, and for a host of Azure, become
    /// one.
    /// </summary>
    public static string Canonical(string location)
    {
        var end = location.IndexOf("://", StringComparison.Ordinal);
        if (end < 0) return location;
        var rest = location.AsSpan(end);
        switch (location.AsSpan(0, end))
        {
            case S3 or "s3a" or "s3n":
                return $"{S3}{rest}";
            case Azure or "abfss" or "wasb" or "wasbs":
                // The same account by its two hosts: ACCOUNT.dfs.core.windows.net, ACCOUNT.blob.core.windows.net.
                var path = rest["://".Length..].IndexOf('/');
                var below = path < 0 ? rest.Length : path + "://".Length;
                return $"{Azure}{rest[..below].ToString().Replace(".blob.", ".dfs.", StringComparison.Ordinal)}{rest[below..]}";
            default:
                return location;
        }
    }

    /// <summary>The part before <c>:</c>, <c>file</c> for a bare absolute path.</summary>
    public static string SchemeOf(string location)
    {
        var end = SchemeEnd(location);
        if (end >= 0) return location[..end];
        return location.StartsWith('/') ? "file" : throw new EngineException(ErrorKind.Invalid, $"'{location}' is not a location: it has no scheme");
    }

    /// <summary>
    /// The absolute path of a <c>file:</c> location, of any spelling in use (<c>file:///a</c>, <c>file:/a</c>, <c>/a</c>).
    /// </summary>
    public static string LocalPath(string location)
    {
        var path = location.StartsWith("file://", StringComparison.Ordinal) ? location[7..]
            : location.StartsWith("file:", StringComparison.Ordinal) ? location[5..]
            : location;
        return path.StartsWith('/') ? path : throw new EngineException(ErrorKind.Invalid, $"'{location}' is not a local location with an absolute path");
    }

    public static string Join(string folder, string name) => folder.EndsWith('/') ? folder + name : $"{folder}/{name}";

    /// <summary>The last path part.</summary>
    public static string NameOf(string location) => location[(location.LastIndexOf('/') + 1)..];

    /// <summary>True if <paramref name="location"/> is <paramref name="root"/> or lies below it and does not climb.</summary>
    public static bool IsUnder(string location, string root)
    {
        if (!location.StartsWith(root, StringComparison.Ordinal)) return false;
        if (location.Length > root.Length && location[root.Length] != '/' && !root.EndsWith('/')) return false;
        return !Climbs(location.AsSpan(root.Length));
    }

    /// <summary>True if a path part is <c>.</c> or <c>..</c>, or the text holds a zero character.</summary>
    public static bool Climbs(ReadOnlySpan<char> path)
    {
        foreach (var range in path.Split('/'))
            if (path[range] is "." or "..") return true;
        return path.Contains('\0');
    }

    private static string Trimmed(string text)
    {
        var trimmed = text.TrimEnd('/');
        return trimmed.Length == 0 || trimmed.EndsWith(':') ? text : trimmed;
    }

    /// <summary>Where the scheme ends; -1 if the text has none.</summary>
    private static int SchemeEnd(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 2 || !char.IsAsciiLetter(text[0]) || colon + 1 >= text.Length || text[colon + 1] != '/') return -1;
        foreach (var c in text.AsSpan(0, colon))
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.')) return -1;
        return colon;
    }
}
