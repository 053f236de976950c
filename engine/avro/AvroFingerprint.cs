using System.Globalization;
using System.Text;

namespace K2I.Avro;

/// <summary>A schema's canonical form and its 64-bit fingerprint (specification, "Parsing Canonical Form for Schemas").</summary>
public static class AvroFingerprint
{
    private const ulong Empty = 0xC15D213AA4D7A795;

    private static readonly ulong[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    public static ulong Of(AvroType type)
    {
        var fingerprint = Empty;
        foreach (var b in Encoding.UTF8.GetBytes(CanonicalForm(type))) fingerprint = (fingerprint >> 8) ^ Table[(byte)(fingerprint ^ b)];
        return fingerprint;
    }

    /// <summary>The schema as JSON without what does not change how values are read.</summary>
    public static string CanonicalForm(AvroType type)
    {
        var text = new StringBuilder();
        Write(text, type, []);
        return text.ToString();
    }

    private static void Write(StringBuilder text, AvroType type, HashSet<AvroType> written)
    {
        switch (type.Kind)
        {
            case AvroKind.Union:
                Join(text.Append('['), type.Branches, b => Write(text, b, written)).Append(']');
                break;
            case AvroKind.Array or AvroKind.Map:
                text.Append(type.Kind == AvroKind.Array ? "{\"type\":\"array\",\"items\":" : "{\"type\":\"map\",\"values\":");
                Write(text, type.Element!, written);
                text.Append('}');
                break;
            case <= AvroKind.String:
                text.Append('"').Append(AvroSchema.NameOf(type.Kind)).Append('"');
                break;
            case var _ when !written.Add(type):
                text.Append('"').Append(type.Name).Append('"');
                break;
            default:
                text.Append("{\"name\":\"").Append(type.Name).Append("\",\"type\":\"").Append(AvroSchema.NameOf(type.Kind)).Append('"');
                Named(text, type, written);
                text.Append('}');
                break;
        }
    }

    private static void Named(StringBuilder text, AvroType type, HashSet<AvroType> written)
    {
        if (type.Kind == AvroKind.Fixed) text.Append(CultureInfo.InvariantCulture, $",\"size\":{type.Size}");
        else if (type.Kind == AvroKind.Enum) Join(text.Append(",\"symbols\":["), type.Symbols, s =>
            text.Append('"').Append(s).Append('"')).Append(']');
        else Join(text.Append(",\"fields\":["), type.Fields, f =>
        {
            text.Append("{\"name\":\"").Append(f.Name).Append("\",\"type\":");
            Write(text, f.Type, written);
            text.Append('}');
        }).Append(']');
    }

    private static StringBuilder Join<T>(StringBuilder text, T[] parts, Action<T> write)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0) text.Append(',');
            write(parts[i]);
        }
        return text;
    }

    private static ulong Entry(int index)
    {
        var entry = (ulong)index;
        for (var bit = 0; bit < 8; bit++) entry = (entry >> 1) ^ (Empty & (0UL - (entry & 1)));
        return entry;
    }
}
