using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>From fields to columns, and back.</summary>
public sealed partial class ColumnTransforms
{
    /// <summary>What the columns of flattened structs begin with, the longest first, and the structs.</summary>
    private readonly ImmutableArray<(string Prefix, string[] Names)> prefixes;

    /// <summary>The columns that become of records' fields; lazy.</summary>
    public IEnumerable<Field> Apply(IEnumerable<Field> fields) => Apply(fields, "", "", isOptional: false);

    /// <summary>What a table needs, said of records' fields, said of its columns.</summary>
    internal IEnumerable<SchemaChange> Apply(IEnumerable<SchemaChange> changes)
    {
        foreach (var change in changes)
        {
            var (parent, prefix) = PlaceOf(change is NewField { ParentPath: var at } ? at : ParentOf(change.Path));
            switch (change)
            {
                case NewField added when !IsWithinDropped(added.ParentPath):
                    foreach (var field in Apply([added.Field], added.ParentPath, prefix, isOptional: true))
                        yield return new NewField(parent, field);
                    break;
                case WiderColumn wider:
                    yield return wider with { Path = ColumnOf(wider.Path) };
                    break;
                case OptionalColumn optional:
                    yield return new OptionalColumn(ColumnOf(optional.Path));
                    break;
                case RenamedColumn renamed:
                    var (from, into) = (ColumnOf(renamed.FormerPath), ColumnOf(renamed.Path));
                    if (from == into) break;
                    yield return new RenamedColumn(from, into) { NewName = Within(parent, into) };
                    break;
                case AliasedColumn(var path, var names):
                    yield return new AliasedColumn(ColumnOf(path),
                        [.. names.Select(n => Within(parent, ColumnOf(WrittenColumns.Join(ParentOf(path), n))))]);
                    break;
            }
        }
    }

    private static string Within(string parent, string column) => parent.Length == 0 ? column : column[(parent.Length + 1)..];

    /// <summary>The full name of a field's column.</summary>
    internal string ColumnOf(string path)
    {
        var (parent, prefix) = PlaceOf(ParentOf(path));
        return WrittenColumns.Join(parent, NameOf(path, path[(path.LastIndexOf('.') + 1)..], prefix));
    }

    /// <summary>The full name of the field that a column has its values of, as far as names tell.</summary>
    public string FieldOf(string column)
    {
        var names = column.Split('.');
        var path = string.Join('.', FieldOf("", names[0]) ?? [names[0]]);
        foreach (var name in names[1..]) path = WrittenColumns.Join(path, FieldOf(path, name) is [var own] ? own : name);
        return path;
    }

    /// <summary>
    /// The names that lead from a struct of records, or from the record, to the field of a column in it; null where no field has it.
    /// </summary>
    internal string[]? FieldOf(string parent, string column)
    {
        var above = parent.Length == 0 ? 0 : parent.Split('.').Length;
        foreach (var entry in renames.Values)
            if (entry.Value == column && renames.Comparer.Equals(LevelOf(entry), parent)
                && !flattens.ContainsKey(entry.Path)) return entry.Names[above..];
        if (parent.Length == 0)
        {
            foreach (var (prefix, names) in prefixes)
            {
                if (!column.StartsWith(prefix, StringComparison.Ordinal) || column.Length == prefix.Length) continue;
                string[] field = [.. names, column[prefix.Length..]];
                if (IsOwn(string.Join('.', field))) return field;
            }
        }
        return IsOwn(WrittenColumns.Join(parent, column)) ? [column] : null;
    }

    /// <summary>A field that has a column of its own name.</summary>
    private bool IsOwn(string path) => !renames.ContainsKey(path) && !drops.Contains(path) && !flattens.ContainsKey(path);

    private IEnumerable<Field> Apply(IEnumerable<Field> fields, string path, string prefix, bool isOptional)
    {
        foreach (var field in fields)
        {
            var at = WrittenColumns.Join(path, field.Name);
            if (drops.Contains(at)) continue;
            var named = field with { Name = NameOf(at, field.Name, prefix), Required = field.Required && !isOptional };
            if (flattens.ContainsKey(at) && field.Type is StructType inner)
            {
                foreach (var part in Apply(inner.Fields, at, named.Name + "_", !named.Required)) yield return part;
                continue;
            }
            var typed = Typed(named, at);
            // What is left of a struct whose fields are all dropped.
            if (typed.Type is not StructType { Fields.IsEmpty: true }) yield return typed;
        }
    }

    private Field Typed(Field field, string path)
    {
        if (masks.TryGetValue(path, out var mask))
            return new(field.Id, field.Name, mask == MaskKind.Hash ? PrimitiveType.String : field.Type,
                field.Required && mask != MaskKind.Null);
        if (casts.TryGetValue(path, out var type)) return new(field.Id, field.Name, type, field.Required);
        return field.Type switch
        {
            StructType s => field with { Type = new StructType([.. Apply(s.Fields, path, "", isOptional: false)]) },
            ListType l => field with { Type = new ListType(Typed(l.Element, WrittenColumns.Join(path, l.Element.Name))) },
            MapType m => field with
            {
                Type = new MapType(Typed(m.Key, WrittenColumns.Join(path, m.Key.Name)),
                    Typed(m.Value, WrittenColumns.Join(path, m.Value.Name))),
            },
            _ => field,
        };
    }

    private string NameOf(string path, string name, string prefix) =>
        renames.TryGetValue(path, out var entry) ? entry.Value : prefix + name;

    /// <summary>The struct column that has the fields of a struct of records, and what their names begin with there.</summary>
    private (string Column, string Prefix) PlaceOf(string path)
    {
        var (at, column, prefix) = ("", "", "");
        if (path.Length == 0) return (column, prefix);
        foreach (var name in path.Split('.'))
        {
            at = WrittenColumns.Join(at, name);
            var own = NameOf(at, name, prefix);
            if (flattens.ContainsKey(at)) prefix = own + "_";
            else (column, prefix) = (WrittenColumns.Join(column, own), "");
        }
        return (column, prefix);
    }

    private bool IsWithinDropped(string path)
    {
        for (var at = path; at.Length > 0; at = ParentOf(at))
            if (drops.Contains(at)) return true;
        return false;
    }

    private static string ParentOf(string path) => path.LastIndexOf('.') is >= 0 and var dot ? path[..dot] : "";
}
