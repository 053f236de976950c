using System.Text;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query.Tests;

/// <summary>Random filters over columns of a schema, that compare with values of some rows more often than not.</summary>
internal sealed class RandomFilters(Random random, Batch rows)
{
    private static readonly string[] Comparisons = ["=", "!=", "<", "<=", ">", ">="];

    private readonly (string Path, Field Field)[] columns = [.. Paths(rows.Schema, "", rows.Schema.Struct)];

    public string Next(int depth = 3)
    {
        if (depth == 0 || random.Next(3) == 0) return Predicate();
        return random.Next(3) switch
        {
            0 => $"not ({Next(depth - 1)})",
            1 => $"({Next(depth - 1)}) and ({Next(depth - 1)})",
            _ => $"({Next(depth - 1)}) or ({Next(depth - 1)})",
        };
    }

    private string Predicate()
    {
        var (path, field) = columns[random.Next(columns.Length)];
        var kind = field.Type.Kind;
        if (kind > TypeKind.Binary || random.Next(8) == 0) return $"`{path}` is {(random.Next(2) == 0 ? "not " : "")}null";
        if (kind is TypeKind.Float or TypeKind.Double && random.Next(6) == 0)
            return $"`{path}` is {(random.Next(2) == 0 ? "not " : "")}nan";
        if (kind == TypeKind.String && random.Next(4) == 0) return $"`{path}` like {Quoted(Prefix(Value(path)))}";
        if (random.Next(4) != 0) return $"`{path}` {Comparisons[random.Next(Comparisons.Length)]} {Quoted(Value(path))}";
        var values = string.Join(", ", Enumerable.Range(0, random.Next(1, 8)).Select(_ => Quoted(Value(path))));
        return $"`{path}` {(random.Next(2) == 0 ? "not " : "")}in ({values})";
    }

    private string Prefix(string value)
    {
        var runes = value.EnumerateRunes().ToArray();
        return string.Concat(runes.Take(random.Next(runes.Length + 1)).Where(r => r.Value is not ('%' or '_'))) + "%";
    }

    /// <summary>A value of the column, as rows are printed.</summary>
    private string Value(string path)
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var row = random.Next(rows.Rows);
            IReadOnlyList<ColumnView> among = rows.Columns;
            ColumnView? column = null;
            foreach (var field in rows.Schema.FieldsTo(path))
            {
                column = among.First(c => c.Field.Id == field.Id);
                if (column.IsNull(row)) break;
                among = column.Children;
            }
            if (column!.IsNull(row)) continue;
            if (column.Field.Type.Kind == TypeKind.String) return Encoding.UTF8.GetString(column.Bytes(row));
            var json = new RowJson();
            json.AppendValue(column, row);
            return Encoding.UTF8.GetString(json.Written).Trim('"');
        }
        return Some(rows.Schema.FindByPath(path)!.Type);
    }

    private static string Some(DataType type) => type.Kind switch
    {
        TypeKind.Boolean => "true",
        TypeKind.Date => "2020-01-01",
        TypeKind.Time => "10:00:00.000000",
        TypeKind.Timestamp or TypeKind.TimestampNs => "2020-01-01T00:00:00",
        TypeKind.TimestampTz or TypeKind.TimestampTzNs => "2020-01-01T00:00:00+00:00",
        TypeKind.String => "a",
        TypeKind.Uuid => "00000000-0000-0000-0000-000000000000",
        TypeKind.Fixed => new string('0', 2 * ((PrimitiveType)type).Length),
        TypeKind.Binary => "00",
        _ => "1",
    };

    private static string Quoted(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private static IEnumerable<(string Path, Field Field)> Paths(Schema schema, string prefix, StructType type)
    {
        foreach (var field in type.Fields)
        {
            yield return (prefix + field.Name, field);
            if (field.Type is StructType inner)
                foreach (var below in Paths(schema, $"{prefix}{field.Name}.", inner)) yield return below;
        }
    }
}
