using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using Names = System.Collections.Immutable.ImmutableDictionary<(int Struct, string Name), int>;

namespace K2I.Pipeline;

/// <summary>
/// Which column a name meant or means elsewhere, by struct and name (<see cref="PlanOptions.FormerNames"/>): what the table's earlier
/// schemas called its columns, whoever changed them, and what other schemas of records do, as its property says.
/// </summary>
/// <remarks>
/// The property, in JSON, is <c>{"0":{"who":2}}</c>: 0 is the row, other structs go by the id of their column. It also keeps what schemas
/// said that another engine has removed meanwhile.
/// </remarks>
internal static class FormerNames
{
    internal static Names Of(TableMetadata table)
    {
        var names = Read(table).ToBuilder();
        Dictionary<(int, string), int> earlier = [];
        foreach (var schema in table.Schemas.OrderBy(s => s.SchemaId))
            foreach (var (within, field) in FieldsOf(schema.Struct, 0)) earlier[(within, field.Name)] = field.Id;
        foreach (var (name, id) in earlier) names.TryAdd(name, id);
        HashSet<int> structs = [0];
        foreach (var (within, field) in FieldsOf(table.CurrentSchema.Struct, 0))
        {
            names.Remove((within, field.Name));
            structs.Add(field.Id);
        }
        names.RemoveRange(names.Keys.Where(n => !structs.Contains(n.Struct)).ToList());
        return names.ToImmutable();
    }

    /// <summary>The properties that go with changes of the columns; none where no schema is behind them.</summary>
    internal static ImmutableSortedDictionary<string, string> PropertiesFor(
        IReadOnlyList<SchemaChange> changes, TableMetadata table, WriterSchema? writer)
    {
        var names = Of(table);
        foreach (var aliased in changes.OfType<AliasedColumn>())
        {
            var way = table.CurrentSchema.FieldsTo(aliased.Path);
            if (way.Count == 0) continue;
            var within = way.Count > 1 ? way[^2].Id : 0;
            foreach (var name in aliased.Names) names = names.SetItem((within, name), way[^1].Id);
        }
        var properties = PropertiesOf(writer);
        return writer is null ? properties : WithProperty(properties, names, table);
    }

    internal static ImmutableSortedDictionary<string, string> PropertiesOf(WriterSchema? writer) => writer is null
        ? ImmutableSortedDictionary<string, string>.Empty
        : ImmutableSortedDictionary<string, string>.Empty.Add(K2IKeys.WriterSchema, writer.ToString());

    /// <summary>With the property, where the table is to have another.</summary>
    internal static ImmutableSortedDictionary<string, string> WithProperty(
        ImmutableSortedDictionary<string, string> properties, Names names, TableMetadata table)
    {
        var text = TextOf(names);
        return table.Properties.GetValueOrDefault(K2IKeys.FormerNames, "{}") == text ? properties
            : properties.SetItem(K2IKeys.FormerNames, text);
    }

    private static IEnumerable<(int Struct, Field Field)> FieldsOf(DataType type, int id) =>
        Schema.ChildrenOf(type).SelectMany(f => FieldsOf(f.Type, f.Id).Prepend((id, f)));

    private static Names Read(TableMetadata table)
    {
        var names = Names.Empty.ToBuilder();
        if (!table.Properties.TryGetValue(K2IKeys.FormerNames, out var text)) return names.ToImmutable();
        try
        {
            using var json = JsonDocument.Parse(text);
            foreach (var within in json.RootElement.EnumerateObject())
            {
                var id = int.Parse(within.Name, CultureInfo.InvariantCulture);
                foreach (var name in within.Value.EnumerateObject()) names[(id, name.Name)] = name.Value.GetInt32();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new EngineException(ErrorKind.Corrupt, $"table property {K2IKeys.FormerNames} is not what it was: {text}", e);
        }
        return names.ToImmutable();
    }

    private static string TextOf(Names names)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var within in names.GroupBy(n => n.Key.Struct).OrderBy(g => g.Key))
            {
                json.WriteStartObject(within.Key.ToString(CultureInfo.InvariantCulture));
                foreach (var (key, id) in within.OrderBy(n => n.Key.Name, StringComparer.Ordinal)) json.WriteNumber(key.Name, id);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
