using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Partition values as text, and as the folders that data files lie in: <c>day=2024-01-31/id_bucket=3</c>. The folders are cosmetic: no reader parses them.</summary>
/// <remarks>
/// Names of columns and values are data from outside and may be longer than a store takes. A folder's name that is too long is cut, and folders that do not
/// fit into the room there is become one; a hash of what is missing keeps partitions apart. The same tuple always has the same folders.
/// </remarks>
public static class PartitionPath
{
    /// <summary>Bytes in the name of a folder, by POSIX file systems.</summary>
    private const int LongestFolder = 255;

    /// <summary>Characters of a hash, the dash before it included.</summary>
    private const int HashLength = 17;

    /// <summary>The folders of a tuple, without slashes at the ends; empty for an unpartitioned spec. All characters are ASCII.</summary>
    /// <param name="spec">The spec that the tuple is of.</param>
    /// <param name="types">The types of its values; null where not known.</param>
    /// <param name="tuple">The values.</param>
    /// <param name="room">Bytes that the folders may take; at least those of a hash are taken.</param>
    public static string Of(PartitionSpec spec, ImmutableArray<DataType?> types, PartitionTuple tuple, int room = int.MaxValue)
    {
        var folders = new string[spec.Fields.Length];
        for (var at = 0; at < folders.Length; at++)
            folders[at] = Cut($"{Escape(spec.Fields[at].Name)}={Escape(Human(spec.Fields[at].Transform, types[at], tuple[at]))}");
        var path = string.Join('/', folders);
        if (path.Length <= room) return path;
        var (kept, length) = (0, HashLength);
        while (length + folders[kept].Length + 1 <= room) length += folders[kept++].Length + 1;
        return string.Join('/', [.. folders[..kept], HashOf(string.Join('/', folders[kept..]))]);
    }

    /// <summary>One value as people write it; <c>null</c> for none.</summary>
    public static string Human(Transform transform, DataType? type, byte[]? value)
    {
        if (value is null || transform.Kind == TransformKind.Void) return "null";
        return transform.Kind switch
        {
            TransformKind.Year => IsoTime.Year(1970 + SingleValue.ToLong(value)),
            TransformKind.Month => IsoTime.Month(SingleValue.ToLong(value)),
            TransformKind.Day => IsoTime.Date(SingleValue.ToLong(value)),
            TransformKind.Hour => IsoTime.Hour(SingleValue.ToLong(value)),
            _ when type is null => Convert.ToHexStringLower(value),
            _ => SingleValue.ToHuman(type, value),
        };
    }

    /// <summary>As Java's <c>URLEncoder</c>: letters, digits and <c>. - * _</c> stay, a blank becomes <c>+</c>, other bytes <c>%XX</c>.</summary>
    internal static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '*' or '_') escaped.Append(c);
            else if (c == ' ') escaped.Append('+');
            else escaped.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }
        return escaped.ToString();
    }

    /// <summary>A folder's name, with a hash for its end where it is too long.</summary>
    private static string Cut(string folder)
    {
        if (folder.Length <= LongestFolder) return folder;
        var kept = LongestFolder - HashLength;
        // Not within the code of a byte.
        while (folder.AsSpan(kept - 2, 2).Contains('%')) kept--;
        return folder[..kept] + HashOf(folder);
    }

    private static string HashOf(string text) => "-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)).AsSpan(0, (HashLength - 1) / 2));
}
