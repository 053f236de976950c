using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using K2I.Base;
using K2I.Decode;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>
/// What a table's properties say of the schemas of its records: which one it was last changed for, and what columns were called before, so
/// that records of older schemas find them.
/// </summary>
internal static class FormerNames
{
    internal static ImmutableDictionary<int, ImmutableArray<string>> Of(TableMetadata? table)
    {
        var names = ImmutableDictionary.CreateBuilder<int, ImmutableArray<string>>();
        if (table is null || !table.Properties.TryGetValue(K2IKeys.FormerNames, out var text)) return names.ToImmutable();
        try
        {
            using var json = JsonDocument.Parse(text);
            foreach (var column in json.RootElement.EnumerateObject())
                names[int.Parse(column.Name, CultureInfo.InvariantCulture)] =
                    [.. column.Value.EnumerateArray().Select(n => n.GetString()!)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new EngineException(ErrorKind.Corrupt, $"table property {K2IKeys.FormerNames} is not what it was: {text}", e);
        }
        return names.ToImmutable();
    }

    /// <summary>The properties that go with changes of the columns; none where no schema is behind them.</summary>
    internal static ImmutableSortedDictionary<string,
        string> PropertiesFor(IReadOnlyList<SchemaChange> changes, TableMetadata table, WriterSchema? writer)
    {
        var properties = PropertiesOf(writer);
        var names = Of(table);
        foreach (var renamed in changes.OfType<RenamedColumn>())
        {
            if (table.CurrentSchema.FindByPath(renamed.FormerPath) is not { } field) continue;
            names = names.SetItem(field.Id, [.. names.GetValueOrDefault(field.Id, []).Union(renamed.FormerNames)]);
        }
        return changes.Any(c => c is RenamedColumn) ? properties.SetItem(K2IKeys.FormerNames, TextOf(names)) : properties;
    }

    internal static ImmutableSortedDictionary<string, string> PropertiesOf(WriterSchema? writer) => writer is null
        ? ImmutableSortedDictionary<string, string>.Empty
        : ImmutableSortedDictionary<string, string>.Empty.Add(K2IKeys.WriterSchema, writer.ToString());

    private static string TextOf(ImmutableDictionary<int, ImmutableArray<string>> names)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (id, former) in names.OrderBy(n => n.Key))
            {
                json.WriteStartArray(id.ToString(CultureInfo.InvariantCulture));
                foreach (var name in former) json.WriteStringValue(name);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
