using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Finds the shape of records whose fields become a table's columns.</summary>
internal sealed class ShapeBuilder
{
    private readonly ColumnTransforms transforms;
    private readonly ImmutableArray<Field> written;
    private readonly bool isJson;

    /// <summary>By column: the field that a schema has for it.</summary>
    private readonly Dictionary<string, string[]> known = new(StringComparer.Ordinal);
    private int lastId;

    internal ShapeBuilder(ColumnTransforms transforms, Schema table, string? metadataColumn, ImmutableArray<Field> written, bool isJson)
    {
        (this.transforms, this.written, this.isJson) = (transforms, written, isJson);
        Know(written, []);
        var root = new Level();
        for (var i = 0; i < table.Fields.Length; i++)
        {
            var column = table.Fields[i];
            if (column.Name == metadataColumn) root.Add(column, FrontColumn.At([i]));
            else if ((known.GetValueOrDefault(column.Name) ?? transforms.FieldOf("", column.Name)) is not { } names)
                Changes.Add(new RowFill(column, [i]));
            else
            {
                var level = root;
                foreach (var name in names[..^1]) level = level.In(name);
                var (field, behind) = Part(column with { Name = names[^1] }, string.Join('.', names), [i], isInList: false);
                level.Add(field, behind);
            }
        }
        (Fields, Columns) = root.End(ref lastId);
        foreach (var path in transforms.Hidden) RefuseHidden(path);
    }

    internal List<Field> Fields { get; }

    internal List<FrontColumn> Columns { get; }

    internal List<RowChange> Changes { get; } = [];

    internal List<RowCast> Casts { get; } = [];

    /// <summary>Fields of the record, or of a flattened struct of it.</summary>
    private sealed class Level
    {
        private readonly List<(Field Field, FrontColumn? Behind, Level? Inner)> parts = [];

        internal void Add(Field field, FrontColumn behind) => parts.Add((field, behind, null));

        internal Level In(string name)
        {
            if (parts.Find(p => p.Inner is not null && p.Field.Name == name).Inner is { } there) return there;
            var inner = new Level();
            parts.Add((new(0, name, new StructType([]), false), null, inner));
            return inner;
        }

        internal (List<Field> Fields, List<FrontColumn> Columns) End(ref int lastId)
        {
            List<Field> fields = [];
            List<FrontColumn> columns = [];
            foreach (var (field, behind, inner) in parts)
            {
                if (inner is null)
                {
                    fields.Add(field);
                    columns.Add(behind!);
                    continue;
                }
                var (innerFields, innerColumns) = inner.End(ref lastId);
                fields.Add(field with
                {
                    Id = --lastId,
                    Type = new StructType([.. innerFields]),
                    Required = innerFields.Exists(f => f.Required),
                });
                columns.Add(FrontColumn.Struct([], [.. innerColumns]));
            }
            return (fields, columns);
        }
    }

    private void Know(ImmutableArray<Field> fields, string[] above)
    {
        foreach (var field in fields)
        {
            string[] names = [.. above, field.Name];
            var path = string.Join('.', names);
            if (transforms.IsDropped(path)) continue;
            if (transforms.IsFlattened(path) && field.Type is StructType inner) Know(inner.Fields, names);
            else if (!known.TryAdd(transforms.ColumnOf(path), names))
                throw new EngineException(ErrorKind.Invalid,
                    $"fields {string.Join('.', known[transforms.ColumnOf(path)])} and {path} have one column, "
                    + $"{transforms.ColumnOf(path)}: rename one");
        }
    }

    /// <summary>A column as the field at a path; what cannot be written to where it is goes to <see cref="Changes"/>.</summary>
    private (Field Field, FrontColumn Behind) Part(Field column, string path, ImmutableArray<int> place, bool isInList)
    {
        var mask = transforms.MaskOf(path);
        if (mask is not null || (transforms.IsCast(path) && !isJson))
        {
            if (isInList) throw new EngineException(ErrorKind.Invalid, $"{path} is in a list or map, and what is masked or cast cannot be");
            var type = isJson ? PrimitiveType.String : TypeOf(path) ?? (mask is null ? column.Type : PrimitiveType.String);
            if (type.IsNested) throw new EngineException(ErrorKind.Invalid, $"{path} is a {type}: only single values are masked or cast");
            if (mask is null && type.Equals(column.Type)) return (column, FrontColumn.At(place));
            var field = new Field(column.Id, column.Name, type, column.Required && mask != MaskKind.Null);
            var way = path.Split('.');
            if (mask is { } kind) Changes.Add(new RowMask(column, place, way, kind, transforms.MaskKey));
            else Casts.Add(new(column with { Name = path }, place, way, field));
            return (field, FrontColumn.Apart);
        }
        return column.Type switch
        {
            StructType s => Struct(column, s, path, place, isInList),
            ListType l => (column with { Type = new ListType(Inner(l.Element, path)) }, FrontColumn.At(place)),
            MapType m => (column with { Type = new MapType(Inner(m.Key, path), Inner(m.Value, path)) }, FrontColumn.At(place)),
            _ => (column, FrontColumn.At(place)),
        };
    }

    private Field Inner(Field field, string path) => Part(field, WrittenColumns.Join(path, field.Name), [], isInList: true).Field;

    private (Field Field, FrontColumn Behind) Struct(Field column, StructType type, string path, ImmutableArray<int> place, bool isInList)
    {
        List<Field> fields = [];
        List<FrontColumn> parts = [];
        for (var i = 0; i < type.Fields.Length; i++)
        {
            var at = isInList ? [] : place.Add(i);
            if (transforms.FieldOf(path, type.Fields[i].Name) is not [var name])
            {
                if (isInList) throw new EngineException(ErrorKind.Invalid,
                    $"column {path}.{type.Fields[i].Name} is in a list, and no field has it");
                Changes.Add(new RowFill(type.Fields[i], at));
                continue;
            }
            var (field, behind) = Part(type.Fields[i] with { Name = name }, WrittenColumns.Join(path, name), at, isInList);
            fields.Add(field);
            parts.Add(behind);
        }
        var isWhole = parts.Count == type.Fields.Length && parts.TrueForAll(p => p.Parts.IsEmpty && !ReferenceEquals(p, FrontColumn.Apart));
        return (column with { Type = new StructType([.. fields]) },
            isWhole ? FrontColumn.At(place) : FrontColumn.Struct(place, [.. parts]));
    }

    private DataType? TypeOf(string path) => new Schema(0, new StructType(written)).FindByPath(path)?.Type;

    /// <summary>What is to be hidden must not come in as part of a text or of a map.</summary>
    private void RefuseHidden(string path)
    {
        var schema = new Schema(0, new StructType([.. Fields]));
        for (var dot = path.IndexOf('.'); dot > 0; dot = path.IndexOf('.', dot + 1))
        {
            var (above, rest) = (path[..dot], path[(dot + 1)..]);
            var isInside = schema.FindByPath(above)?.Type switch
            {
                ListType => rest.StartsWith("element.", StringComparison.Ordinal),
                MapType => rest.StartsWith("value.", StringComparison.Ordinal),
                PrimitiveType => false,
                _ => true,
            };
            if (!isInside) throw new EngineException(ErrorKind.Invalid,
                $"{path} is to be masked or dropped, and {above} is kept whole, as {schema.FindByPath(above)!.Type}");
        }
    }
}
