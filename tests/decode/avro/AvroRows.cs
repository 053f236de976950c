using System.Collections.Immutable;
using System.Text;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Decode.Tests;

/// <summary>A table of records of Avro that changes as they ask for it, as the engine's would.</summary>
internal sealed class AvroRows : ISchemaSource, IDisposable
{
    private readonly Dictionary<SchemaId, WriterSchema> schemas = [];
    private readonly HashSet<SchemaId> pending = [];
    private PlanOptions options;
    private BatchBuilder batch = null!;
    private int lastId;

    internal AvroRows(string schema, PlanOptions? options = null)
    {
        this.options = options ?? new();
        Add(1, schema);
        var columns = AvroCompiler.Instance.Columns(schemas[SchemaId.Of(1)], this.options);
        Use(FieldIds.NewSchema([.. this.options.Transforms.Apply(columns)]));
    }

    internal AvroRows(string schema, Schema table, PlanOptions? options = null)
    {
        this.options = options ?? new();
        Add(1, schema);
        Use(table);
    }

    internal Schema Table { get; private set; } = null!;

    internal PlannedDecoder Decoder { get; private set; } = null!;

    /// <summary>What was changed, in order.</summary>
    internal List<string> Changes { get; } = [];

    internal BatchBuilder Batch => batch;

    public string? Trouble => null;

    internal void Add(int id, string schema) => schemas[SchemaId.Of(id)] = new(SchemaId.Of(id), SchemaLanguage.Avro, schema, []);

    /// <summary>The schema is being fetched until <see cref="Add"/>.</summary>
    internal void Await(int id) => pending.Add(SchemaId.Of(id));

    public SchemaState Find(SchemaId id, out WriterSchema? schema) =>
        schemas.TryGetValue(id, out schema) ? SchemaState.Known : pending.Contains(id) ? SchemaState.Pending : SchemaState.Missing;

    internal static byte[] Framed(int id, ReadOnlySpan<byte> payload) =>
        [0, (byte)(id >> 24), (byte)(id >> 16), (byte)(id >> 8), (byte)id, .. payload];

    internal string Decode(int id, string hex) => Decode(id, Convert.FromHexString(hex));

    /// <summary>The row as text, or the status's name.</summary>
    internal string Decode(int id, ReadOnlySpan<byte> payload)
    {
        var status = Decoder.Decode(new RecordInput(Framed(id, payload)), batch);
        if (status == DecodeStatus.Ok && batch.EndRow()) return Show(batch.View().Columns, batch.Rows - 1);
        batch.AbandonRow();
        return status.ToString();
    }

    /// <summary>The same, the table changed first where it has to be.</summary>
    internal string DecodeEvolving(int id, ReadOnlySpan<byte> payload)
    {
        var row = Decode(id, payload);
        for (var rounds = 0; row == nameof(DecodeStatus.NewField); rounds++)
        {
            Assert.True(rounds < 3, "the table changes again and again");
            Apply(Decoder.Changes([]));
            row = Decode(id, payload);
        }
        return row;
    }

    public void Dispose() => batch.Dispose();

    private void Use(Schema table)
    {
        Table = table;
        batch?.Dispose();
        batch = new(table, MemoryTag.Scratch, 1 << 20);
        Decoder = new(AvroCompiler.Instance, this, WireForm.Confluent, table, options);
    }

    private void Apply(IReadOnlyList<SchemaChange> changes)
    {
        var table = Table.Struct;
        lastId = Math.Max(lastId, Table.HighestId());
        foreach (var change in changes)
        {
            Changes.Add(change switch
            {
                NewField added => $"+{added.Path} {added.Field.Type}",
                WiderColumn wider => $"{wider.Path} {wider.Type}",
                RenamedColumn renamed => $"{renamed.FormerPath}>{renamed.Path}",
                AliasedColumn aliased => $"{aliased.Path}={string.Join('|', aliased.Names)}",
                _ => $"{change.Path}?",
            });
            table = Applied(new(0, table), change);
        }
        Use(new(Table.SchemaId + 1, table));
    }

    private StructType Applied(Schema schema, SchemaChange change)
    {
        switch (change)
        {
            case NewField added:
                var numbered = (StructType)FieldIds.Assign(new StructType([added.Field]), ref lastId);
                var parent = added.ParentPath.Length == 0 ? null : schema.FindByPath(added.ParentPath);
                return parent is null
                    ? new(schema.Fields.AddRange(numbered.Fields))
                    : (StructType)Replaced(schema.Struct,
                        parent with { Type = new StructType(((StructType)parent.Type).Fields.AddRange(numbered.Fields)) });
            case WiderColumn wider:
                return (StructType)Replaced(schema.Struct, schema.FindByPath(wider.Path)! with { Type = wider.Type });
            case RenamedColumn renamed:
                var field = schema.FindByPath(renamed.FormerPath)!;
                Remember(schema, renamed.FormerPath, field.Name);
                return (StructType)Replaced(schema.Struct, field with { Name = renamed.NewName });
            case AliasedColumn aliased:
                foreach (var name in aliased.Names) Remember(schema, aliased.Path, name);
                return schema.Struct;
            default:
                return (StructType)Replaced(schema.Struct, schema.FindByPath(change.Path)! with { Required = false });
        }
    }

    private void Remember(Schema schema, string path, string name)
    {
        var way = schema.FieldsTo(path);
        options = options with
        {
            FormerNames = options.FormerNames.SetItem((way.Count > 1 ? way[^2].Id : 0, name), way[^1].Id),
        };
    }

    private static DataType Replaced(DataType type, Field by)
    {
        return type switch
        {
            StructType s => new StructType([.. s.Fields.Select(Changed)]),
            ListType l => new ListType(Changed(l.Element)),
            MapType m => new MapType(Changed(m.Key), Changed(m.Value)),
            _ => type,
        };

        Field Changed(Field field) => field.Id == by.Id ? by : field with { Type = Replaced(field.Type, by) };
    }

    /// <summary>As the judge shows rows: by name, without nulls, floats as the bits of a double, strings as hex.</summary>
    private static string Show(IEnumerable<ColumnView> columns, int ordinal) =>
        "{" + string.Join(",", columns.Where(c => !c.IsNull(ordinal)).OrderBy(c => c.Field.Name, StringComparer.Ordinal).Select(c =>
            $"{c.Field.Name}={Show(c, ordinal)}")) + "}";

    private static string Show(ColumnView view, int ordinal)
    {
        if (view.IsNull(ordinal)) return "null";
        return view.Field.Type.Kind switch
        {
            TypeKind.Float => Bits(view.Value<float>(ordinal)),
            TypeKind.Double => Bits(view.Value<double>(ordinal)),
            TypeKind.String => Convert.ToHexStringLower(view.Bytes(ordinal)),
            TypeKind.Struct => Show(view.Children, ordinal),
            TypeKind.List => "[" + string.Join(",", Items(view, ordinal).Select(i => Show(view.Children[0], i))) + "]",
            TypeKind.Map =>
                "<" + string.Join(",", Items(view, ordinal).Select(i =>
                Show(view.Children[0].Children[0], i) + "=" + Show(view.Children[0].Children[1], i))) + ">",
            _ => Rows.Show(view, ordinal),
        };

        static string Bits(double value) => BitConverter.DoubleToInt64Bits(value).ToString("x16");
    }

    private static IEnumerable<int> Items(ColumnView view, int ordinal) =>
        Enumerable.Range(view.Offsets[ordinal], view.Offsets[ordinal + 1] - view.Offsets[ordinal]);
}
