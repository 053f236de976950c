using System.Collections.Immutable;
using System.Globalization;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Which column of a table each field of a writer's schema goes into, and what the table lacks for it. The table is only ever asked for
/// more: what an older schema does not have stays.
/// </summary>
/// <remarks>
/// A field's column has its name; else a name by which records called the column before (<see cref="PlanOptions.FormerNames"/>); else one
/// of the field's aliases, and then the column is renamed.
/// </remarks>
public sealed class ColumnMatch
{
    private readonly List<SchemaChange> changes = [];
    private readonly List<string> misfits = [];
    private readonly Dictionary<string, Field> columns = new(StringComparer.Ordinal);
    private readonly WrittenColumns written;
    private readonly PlanOptions options;

    private ColumnMatch(WrittenColumns written, PlanOptions options) => (this.written, this.options) = (written, options);

    public ImmutableArray<SchemaChange> Changes => [.. changes];

    /// <summary>Which fields do not go into their columns, for a person; null where all do.</summary>
    public string? Misfit => misfits.Count == 0 ? null : string.Join("; ", misfits);

    public static ColumnMatch Of(WrittenColumns written, Schema table, PlanOptions options)
    {
        var match = new ColumnMatch(written, options);
        if (options.UnknownFields == UnknownFields.Evolve) match.misfits.AddRange(match.Unfit().Select(f => $"{f.Key}: {f.Value}"));
        match.Structs(written.Fields, table.Struct, "", "");
        return match;
    }

    /// <summary>The column, at whatever depth, of a field by its full name in the writer's schema; null where it has none.</summary>
    public Field? ColumnOf(string writtenPath) => columns.GetValueOrDefault(writtenPath);

    private void Structs(ImmutableArray<Field> fields, StructType table, string writtenPath, string tablePath)
    {
        HashSet<int> taken = [];
        var isRow = tablePath.Length == 0;
        List<Field> unmatched = [];
        foreach (var field in fields)
        {
            if (isRow && field.Name == options.MetadataColumn) continue;
            if (options.Transforms.IsDropped(WrittenColumns.Join(writtenPath, field.Name))) continue;
            if (table.Find(field.Name) is { } column) Field(field, column, table, taken, writtenPath, tablePath);
            else unmatched.Add(field);
        }
        foreach (var field in unmatched) Other(field, table, taken, writtenPath, tablePath);
        LeftOut(table, writtenPath);
        foreach (var column in table.Fields)
        {
            if (taken.Contains(column.Id) || !column.Required || column.WriteDefault is not null
                || (isRow && column.Name == options.MetadataColumn)) continue;
            var path = WrittenColumns.Join(tablePath, column.Name);
            if (options.UnknownFields == UnknownFields.Evolve) changes.Add(new OptionalColumn(path));
            else misfits.Add($"column {path} is required, and the schema does not have it");
        }
    }

    /// <summary>Fields that no column can hold: they matter where the table is to have all, or has a column for them.</summary>
    private IEnumerable<KeyValuePair<string, string>> Unfit() =>
        written.LeftOut.Where(f => f.Value.Length > 0 && !options.Transforms.IsDropped(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal);

    private void LeftOut(StructType table, string writtenPath)
    {
        if (options.UnknownFields == UnknownFields.Evolve) return;
        foreach (var (path, why) in Unfit().Where(f => ParentOf(f.Key) == writtenPath))
        {
            var name = writtenPath.Length == 0 ? path : path[(writtenPath.Length + 1)..];
            if (table.Find(name) is not null) misfits.Add($"{path}: {why}");
        }
    }

    private static string ParentOf(string path) => path.LastIndexOf('.') is >= 0 and var dot ? path[..dot] : "";

    /// <summary>A field whose name no column has.</summary>
    private void Other(Field field, StructType table, HashSet<int> taken, string writtenPath, string tablePath)
    {
        foreach (var column in table.Fields)
        {
            if (taken.Contains(column.Id) || !options.FormerNames.GetValueOrDefault(column.Id, []).Contains(field.Name)) continue;
            Field(field, column, table, taken, writtenPath, tablePath);
            return;
        }
        var aliases = written.Aliases.GetValueOrDefault(WrittenColumns.Join(writtenPath, field.Name), []);
        foreach (var alias in aliases)
        {
            if (table.Find(alias) is not { } column || taken.Contains(column.Id)
                || !ColumnFit.Takes(column.Type, field.Type, out _)) continue;
            Field(field, column, table, taken, writtenPath, tablePath);
            if (options.UnknownFields != UnknownFields.Evolve) return;
            // After the other changes of the column, which call it by the name that it has until then.
            var (from, into) = (WrittenColumns.Join(tablePath, alias), WrittenColumns.Join(tablePath, field.Name));
            changes.Add(new RenamedColumn(from, into) { NewName = field.Name, FormerNames = aliases });
            return;
        }
        Add(field, tablePath, WrittenColumns.Join(writtenPath, field.Name));
    }

    private void Add(Field field, string tablePath, string writtenPath)
    {
        if (options.UnknownFields == UnknownFields.Evolve) changes.Add(new NewField(tablePath, field with { Required = false }));
        else if (options.UnknownFields == UnknownFields.Refuse) misfits.Add($"field {writtenPath} has no column");
    }

    private void Field(Field field, Field column, StructType table, HashSet<int> taken, string writtenPath, string tablePath)
    {
        var path = WrittenColumns.Join(writtenPath, field.Name);
        if (!Takes(column.Type, field.Type, out var wider))
        {
            if (options.OnIncompatible != OnIncompatible.NewColumn)
                misfits.Add($"column {WrittenColumns.Join(tablePath, column.Name)} is {column.Type}, and field {path} is {field.Type}");
            else Version(field, table, taken, writtenPath, tablePath);
            return;
        }
        taken.Add(column.Id);
        Pair(field, column, wider, path, WrittenColumns.Join(tablePath, column.Name));
    }

    /// <summary>A field that does not go into the column of its name has one of its own, with a number behind the name.</summary>
    private void Version(Field field, StructType table, HashSet<int> taken, string writtenPath, string tablePath)
    {
        for (var version = 2; ; version++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{field.Name}_v{version}");
            if (table.Find(name) is not { } column)
            {
                Add(field with { Name = name }, tablePath, WrittenColumns.Join(writtenPath, field.Name));
                return;
            }
            if (taken.Contains(column.Id) || !Takes(column.Type, field.Type, out var wider)) continue;
            taken.Add(column.Id);
            Pair(field, column, wider, WrittenColumns.Join(writtenPath, field.Name), WrittenColumns.Join(tablePath, name));
            return;
        }
    }

    private bool Takes(DataType column, DataType field, out PrimitiveType? wider) =>
        ColumnFit.Takes(column, field, out wider) && (wider is null || options.UnknownFields == UnknownFields.Evolve);

    private void Pair(Field field, Field column, PrimitiveType? wider, string writtenPath, string tablePath)
    {
        columns[writtenPath] = column;
        if (wider is not null) changes.Add(new WiderColumn(tablePath, wider));
        if (column.Required && !field.Required && options.UnknownFields == UnknownFields.Evolve) changes.Add(new OptionalColumn(tablePath));
        switch (field.Type, column.Type)
        {
            case (StructType fields, StructType table):
                Structs(fields.Fields, table, writtenPath, tablePath);
                break;
            case (ListType from, ListType into):
                Part(from.Element, into.Element, writtenPath, tablePath);
                break;
            case (MapType from, MapType into):
                Part(from.Key, into.Key, writtenPath, tablePath);
                Part(from.Value, into.Value, writtenPath, tablePath);
                break;
        }
    }

    /// <summary>An element, key or value, which has no other place to go to.</summary>
    private void Part(Field field, Field column, string writtenPath, string tablePath)
    {
        var (from, into) = (WrittenColumns.Join(writtenPath, field.Name), WrittenColumns.Join(tablePath, column.Name));
        if (Takes(column.Type, field.Type, out var wider)) Pair(field, column, wider, from, into);
        else misfits.Add($"column {into} is {column.Type}, and field {from} is {field.Type}");
    }
}
