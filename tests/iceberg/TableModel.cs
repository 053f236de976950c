using System.Collections.Immutable;

using K2I.Columns;

namespace K2I.Iceberg.Tests;

/// <summary>What a table ought to hold: rows by id, values by field id, as they are printed.</summary>
internal sealed record TableModel(ImmutableSortedDictionary<long, ImmutableDictionary<int, string>> Rows)
{
    public static readonly TableModel Empty = new(ImmutableSortedDictionary<long, ImmutableDictionary<int, string>>.Empty);

    /// <summary>The rows as lines of the schema's columns, in order of their ids.</summary>
    public List<string> Lines(Schema schema) =>
        [.. Rows.Values.Select(row => "{" + string.Join(',', schema.Fields.Select(f => $"\"{f.Name}\":{row.GetValueOrDefault(f.Id, "null")}")) + "}")];

    public TableModel Add(IEnumerable<KeyValuePair<long, ImmutableDictionary<int, string>>> rows) => new(Rows.SetItems(rows));

    /// <summary>Without the rows whose value of an int or long column meets the condition; null never does.</summary>
    public TableModel RemoveWhere(int fieldId, Func<long, bool> condition) =>
        Remove(Rows.Where(r => r.Value.TryGetValue(fieldId, out var text) && condition(long.Parse(text, System.Globalization.CultureInfo.InvariantCulture))).Select(r => r.Key));

    public TableModel Remove(IEnumerable<long> ids) => new(Rows.RemoveRange(ids));
}
