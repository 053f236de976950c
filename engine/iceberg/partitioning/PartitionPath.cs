using System.Collections.Immutable;
using System.Globalization;
using System.Text;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Partition values as text, and as the folders that data files lie in: <c>day=2024-01-31/id_bucket=3</c>. The folders are cosmetic: no reader parses them.</summary>
public static class PartitionPath
{
    /// <summary>The folders of a tuple, without slashes at the ends; empty for an unpartitioned spec.</summary>
    public static string Of(PartitionSpec spec, ImmutableArray<DataType?> types, PartitionTuple tuple)
    {
        var path = new StringBuilder();
        for (var at = 0; at < spec.Fields.Length; at++)
        {
            if (at > 0) path.Append('/');
            path.Append(Escape(spec.Fields[at].Name)).Append('=').Append(Escape(Human(spec.Fields[at].Transform, types[at], tuple[at])));
        }
        return path.ToString();
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
}
