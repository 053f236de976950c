using System.Globalization;
using System.Text.Json;
using K2I.Base;

namespace K2I.Columns;

/// <summary>
/// A field's write default, read once: what a row gets that has no value for it. A struct's default is empty, and its fields have theirs; a
/// list or map has one whole value. Any thread; appending allocates nothing.
/// </summary>
public sealed class DefaultValue
{
    private readonly ColumnLayout layout;
    private readonly byte[]? bytes;

    /// <summary>A struct's fields, or the elements of a list (of a map: its entries).</summary>
    private readonly DefaultValue[] parts;

    private DefaultValue(ColumnLayout layout, byte[]? bytes, DefaultValue[] parts) =>
        (this.layout, this.bytes, this.parts) = (layout, bytes, parts);

    private static DefaultValue Null { get; } = new(default, null, []);

    /// <summary>Null where the field has none. Throws Invalid where its text is no value of the field.</summary>
    public static DefaultValue? Of(Field field)
    {
        if (field.WriteDefault is not { } text) return null;
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.ValueKind == JsonValueKind.Null ? null : Read(field.Type, json.RootElement) ?? throw Bad(field);
        }
        catch (JsonException)
        {
            throw Bad(field);
        }
    }

    /// <summary>Appends it to a column of the field.</summary>
    public void AppendTo(ColumnBuilder column)
    {
        if (bytes is null)
        {
            column.AppendNull();
            return;
        }
        switch (layout)
        {
            case ColumnLayout.Bits:
                column.AppendBool(bytes[0] != 0);
                break;
            case ColumnLayout.Bytes:
                column.AppendBytes(bytes);
                break;
            case ColumnLayout.Fixed:
                column.AppendFixed(bytes);
                break;
            case ColumnLayout.List:
                foreach (var part in parts) part.AppendTo(column.Child(0));
                column.EndList();
                break;
            default:
                for (var i = 0; i < parts.Length; i++) parts[i].AppendTo(column.Child(i));
                column.EndStruct();
                break;
        }
    }

    private static EngineException Bad(Field field) =>
        new(ErrorKind.Invalid, $"column {field.Name}: its write default {field.WriteDefault} is no {field.Type}");

    private static DefaultValue? Read(DataType type, JsonElement json) => (type, json.ValueKind) switch
    {
        (PrimitiveType p, _) => SingleValueJson.Read(p, json) is { } bytes ? new(ColumnBuilder.LayoutOf(type).Layout, bytes, []) : null,
        (StructType s, JsonValueKind.Object) => Whole(ColumnLayout.Struct, s.Fields.Select(f => Member(f, json))),
        (ListType l, JsonValueKind.Array) => Whole(ColumnLayout.List, json.EnumerateArray().Select(e => Element(l.Element, e))),
        (MapType m, JsonValueKind.Object) => Entries(m, json),
        _ => null,
    };

    /// <summary>A field of a struct: the value by its id, else its own default, else null.</summary>
    private static DefaultValue? Member(Field field, JsonElement json) =>
        json.TryGetProperty(field.Id.ToString(CultureInfo.InvariantCulture), out var value)
            ? Element(field, value)
            : Of(field) ?? (field.Required ? null : Null);

    private static DefaultValue? Element(Field field, JsonElement json) =>
        json.ValueKind == JsonValueKind.Null ? field.Required ? null : Null : Read(field.Type, json);

    private static DefaultValue? Entries(MapType map, JsonElement json)
    {
        if (!json.TryGetProperty("keys", out var keys) || !json.TryGetProperty("values", out var values)) return null;
        if (keys.ValueKind != JsonValueKind.Array || values.ValueKind != JsonValueKind.Array) return null;
        if (keys.GetArrayLength() != values.GetArrayLength()) return null;
        var pairs = keys.EnumerateArray().Zip(values.EnumerateArray());
        var entries = pairs.Select(p => Whole(ColumnLayout.Struct, [Element(map.Key, p.First), Element(map.Value, p.Second)]));
        return Whole(ColumnLayout.List, entries);
    }

    /// <summary>Null if one of the parts is none.</summary>
    private static DefaultValue? Whole(ColumnLayout layout, IEnumerable<DefaultValue?> parts)
    {
        DefaultValue?[] all = [.. parts];
        return Array.TrueForAll(all, p => p is not null) ? new(layout, [], all!) : null;
    }
}
