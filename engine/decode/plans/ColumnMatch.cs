using System.Collections.Immutable;
using System.Globalization;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Which column of a table each field of a writer's schema goes into, and what the table lacks for it. The table is only ever asked for
/// more: what an older schema does not have stays.
/// </summary>
/// <remarks>
/// A field's column has its name; else it once had it, or has it in another schema (<see cref="PlanOptions.FormerNames"/>); else it has one
/// of the field's aliases, and is renamed. A field whose column was dropped is passed over: it comes back where a person adds it again.
/// </remarks>
public sealed class ColumnMatch
{
    private readonly List<SchemaChange> changes = [];
    private readonly List<string> misfits = [];
    private readonly Dictionary<string, (Field Column, string Path)> columns = new(StringComparer.Ordinal);
    private readonly ImmutableDictionary<int, string?>.Builder names = ImmutableDictionary.CreateBuilder<int, string?>();
    private readonly WrittenColumns written;
    private readonly PlanOptions options;

    private ColumnMatch(WrittenColumns written, PlanOptions options) => (this.written, this.options) = (written, options);

    public static ColumnMatch Of(WrittenColumns written, Schema table, PlanOptions options)
    {
        var match = new ColumnMatch(written, options);
        if (options.UnknownFields == UnknownFields.Evolve) match.misfits.AddRange(match.Unfit().Select(f => $"{f.Key}: {f.Value}"));
        match.Structs(written.Fields, new(table.Struct, 0, "", ""));
        return match;
    }

    /// <summary>The column, at whatever depth, of a field by its full name in the writer's schema; null where it has none.</summary>
    public Field? ColumnOf(string writtenPath) => columns.TryGetValue(writtenPath, out var column) ? column.Column : null;

    /// <summary>That column's full name.</summary>
    internal string? PathOf(string writtenPath) => columns.TryGetValue(writtenPath, out var column) ? column.Path : null;

    /// <summary>By column id: what the schema calls a column that has another name; null for one by whose name it means another.</summary>
    internal ImmutableDictionary<int, string?> FieldNames => names.ToImmutable();

    /// <summary>
    /// What is there instead of a plan while fields do not go into their columns, or the table lacks something; null where neither is so.
    /// The one place where <see cref="PlanOptions.OnIncompatible"/> counts.
    /// </summary>
    /// <param name="writer">Names the schema in errors.</param>
    public UnusablePlan? Obstacle(string writer)
    {
        // Text says in each record what can be read: only where it is asked for are all records of the schema refused.
        var isRefused = misfits.Count > 0 && (!written.AreJson || options.OnIncompatible == OnIncompatible.Pause);
        if (isRefused)
            return UnusablePlan.Misfit($"{writer}: {string.Join("; ", misfits)}", options.OnIncompatible == OnIncompatible.Pause);
        return changes.Count > 0 ? UnusablePlan.Until([.. changes]) : null;
    }

    /// <summary>A struct of the table that fields go into, by the two names that it has.</summary>
    private sealed record Place(StructType Table, int Id, string Written, string Path)
    {
        internal HashSet<int> Taken { get; } = [];

        internal bool IsRow => Id == 0;

        internal string WrittenPath(string name) => WrittenColumns.Join(Written, name);

        internal string PathOf(string name) => WrittenColumns.Join(Path, name);
    }

    private bool Evolves => options.UnknownFields == UnknownFields.Evolve;

    private void Structs(ImmutableArray<Field> fields, Place place)
    {
        List<Field> unmatched = [];
        foreach (var field in fields)
        {
            if (place.IsRow && field.Name == options.MetadataColumn) continue;
            if (options.Transforms.IsDropped(place.WrittenPath(field.Name))) continue;
            if (place.Table.Find(field.Name) is { } column) Into(field, column, place);
            else unmatched.Add(field);
        }
        foreach (var field in unmatched) Other(field, place);
        LeftOut(place);
        foreach (var column in place.Table.Fields)
        {
            if (place.Taken.Contains(column.Id) || !column.Required || column.WriteDefault is not null
                || (place.IsRow && column.Name == options.MetadataColumn)) continue;
            var path = place.PathOf(column.Name);
            if (Evolves) changes.Add(new OptionalColumn(path));
            else misfits.Add($"column {path} is required, and the schema does not have it");
        }
    }

    /// <summary>Fields that no column can hold: they matter where the table is to have all, or has a column for them.</summary>
    private IEnumerable<KeyValuePair<string, string>> Unfit() =>
        written.LeftOut.Where(f => f.Value.Length > 0 && !options.Transforms.IsDropped(f.Key)).OrderBy(f => f.Key, StringComparer.Ordinal);

    private void LeftOut(Place place)
    {
        if (Evolves) return;
        foreach (var (path, why) in Unfit().Where(f => ParentOf(f.Key) == place.Written))
        {
            var name = place.Written.Length == 0 ? path : path[(place.Written.Length + 1)..];
            if (place.Table.Find(name) is not null) misfits.Add($"{path}: {why}");
        }
    }

    private static string ParentOf(string path) => path.LastIndexOf('.') is >= 0 and var dot ? path[..dot] : "";

    /// <summary>A field whose name no column has.</summary>
    private void Other(Field field, Place place)
    {
        if (Former(field.Name, place) is { } former && !place.Taken.Contains(former.Id))
        {
            Into(field, former, place);
            return;
        }
        foreach (var alias in AliasesOf(field, place))
        {
            if (place.Table.Find(alias) is not { } column || place.Taken.Contains(column.Id)
                || !ColumnFit.Takes(column.Type, field.Type, out _)) continue;
            Into(field, column, place);
            // After the other changes of the column, which call it by the name that it has until then.
            if (Evolves) changes.Add(new RenamedColumn(place.PathOf(alias), place.PathOf(field.Name)) { NewName = field.Name });
            return;
        }
        Add(field, field.Name, place);
    }

    /// <summary>The column that had the name; null where none had, or it was dropped.</summary>
    private Field? Former(string name, Place place) =>
        options.FormerNames.TryGetValue((place.Id, name), out var id) ? place.Table.Fields.FirstOrDefault(f => f.Id == id) : null;

    private ImmutableArray<string> AliasesOf(Field field, Place place) =>
        written.Aliases.GetValueOrDefault(place.WrittenPath(field.Name), []);

    /// <summary>A field without a column gets one of a name, unless another engine has dropped the one that it had.</summary>
    private void Add(Field field, string name, Place place)
    {
        if (options.UnknownFields == UnknownFields.Refuse) misfits.Add($"field {place.WrittenPath(field.Name)} has no column");
        var wasDropped = options.FormerNames.ContainsKey((place.Id, name)) && Former(name, place) is null;
        if (Evolves && !wasDropped) changes.Add(new NewField(place.Path, field with { Name = name, Required = false }));
    }

    private void Into(Field field, Field column, Place place)
    {
        if (Takes(column.Type, field.Type, out var wider))
        {
            Pair(field, column, wider, place);
            return;
        }
        if (options.OnIncompatible == OnIncompatible.NewColumn) Version(field, place);
        else misfits.Add($"column {place.PathOf(column.Name)} is {column.Type}, and field {place.WrittenPath(field.Name)} is {field.Type}");
    }

    /// <summary>A field that does not go into the column of its name has one of its own, with a number behind the name.</summary>
    private void Version(Field field, Place place)
    {
        for (var version = 2; ; version++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{field.Name}_v{version}");
            if ((place.Table.Find(name) ?? Former(name, place)) is not { } column)
            {
                Add(field, name, place);
                return;
            }
            if (place.Taken.Contains(column.Id) || !Takes(column.Type, field.Type, out var wider)) continue;
            Pair(field, column, wider, place);
            return;
        }
    }

    private bool Takes(DataType column, DataType field, out PrimitiveType? wider)
    {
        wider = null;
        if (written.AreJson && column.Kind is TypeKind.String or TypeKind.Variant) return true;
        return ColumnFit.Takes(column, field, out wider) && (wider is null || Evolves);
    }

    private void Pair(Field field, Field column, PrimitiveType? wider, Place place)
    {
        place.Taken.Add(column.Id);
        if (field.Name != column.Name)
        {
            names[column.Id] = field.Name;
            if (place.Table.Find(field.Name) is { } other) names.TryAdd(other.Id, null);
        }
        // What older schemas call the column; of several that contradict one another the first counts.
        ImmutableArray<string> aliases =
            [.. AliasesOf(field, place).Where(a => a != field.Name && place.Table.Find(a) is null && Former(a, place) is null)];
        if (Evolves && aliases.Length > 0) changes.Add(new AliasedColumn(place.PathOf(column.Name), aliases));
        Pair(field, column, wider, place.WrittenPath(field.Name), place.PathOf(column.Name));
    }

    private void Pair(Field field, Field column, PrimitiveType? wider, string writtenPath, string path)
    {
        columns[writtenPath] = (column, path);
        if (wider is not null) changes.Add(new WiderColumn(path, wider));
        if (column.Required && !field.Required && Evolves) changes.Add(new OptionalColumn(path));
        switch (field.Type, column.Type)
        {
            case (StructType fields, StructType table):
                Structs(fields.Fields, new(table, column.Id, writtenPath, path));
                break;
            case (ListType from, ListType into):
                Part(from.Element, into.Element, writtenPath, path);
                break;
            case (MapType from, MapType into):
                Part(from.Key, into.Key, writtenPath, path);
                Part(from.Value, into.Value, writtenPath, path);
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
