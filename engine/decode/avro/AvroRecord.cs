using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// A record, as the row or as a struct: its fields in the writer's order, then defaults or nulls for columns that the writer does not
/// have.
/// </summary>
internal sealed unsafe class AvroRecord : AvroNode
{
    private readonly AvroStep[] fields;

    /// <summary>By step: its column's place in the table; -1 for fields that are passed over.</summary>
    private readonly int[] columnOf;
    private readonly (int Column, DefaultValue? Default)[] others;
    private readonly ColumnBuilder[] unwritten;
    private ColumnBuilder column = null!;

    internal AvroRecord(AvroType record, Field? field, DecodeNode? parent, StructType table, AvroPairing pairing, string path) : base(field,
        parent)
    {
        List<AvroStep> steps = [];
        List<int> columns = [];
        AvroSkip? passed = null;
        foreach (var written in record.Fields)
        {
            var at = WrittenColumns.Join(path, written.Name);
            var reader = Of(written.Type, at, this, pairing);
            if (reader is AvroSkip next && passed is not null)
            {
                passed.Add(next);
                continue;
            }
            passed = reader as AvroSkip;
            steps.Add(reader.Step());
            columns.Add(pairing.Match.ColumnOf(at) is { } known ? IndexOf(table, known.Id) : -1);
        }
        (fields, columnOf) = ([.. steps], [.. columns]);
        others =
        [
            .. from i in Enumerable.Range(0, table.Fields.Length)
               where !columnOf.Contains(i)
                   && (field is not null || parent is not null || table.Fields[i].Name != pairing.Options.MetadataColumn)
               select (i, DefaultValue.Of(table.Fields[i])),
        ];
        unwritten = new ColumnBuilder[others.Length];
    }

    internal void Bind(BatchBuilder row)
    {
        for (var i = 0; i < fields.Length; i++)
            if (columnOf[i] >= 0) fields[i].Bind(row.Column(columnOf[i]));
        for (var i = 0; i < others.Length; i++) unwritten[i] = row.Column(others[i].Column);
    }

    internal override void Bind(ColumnBuilder column)
    {
        this.column = column;
        for (var i = 0; i < fields.Length; i++)
            if (columnOf[i] >= 0) fields[i].Bind(column.Child(columnOf[i]));
        for (var i = 0; i < others.Length; i++) unwritten[i] = column.Child(others[i].Column);
    }

    internal override byte* Read(byte* p, AvroPlan plan)
    {
        p = ReadFields(p, plan);
        if (p != null) column.EndStruct();
        return p;
    }

    internal byte* ReadFields(byte* p, AvroPlan plan)
    {
        p = AvroStep.Run(fields, 1, p, plan);
        if (p == null) return null;
        for (var i = 0; i < unwritten.Length; i++)
        {
            if (others[i].Default is { } known) known.AppendTo(unwritten[i]);
            else unwritten[i].AppendNull();
        }
        return p;
    }

    private static int IndexOf(StructType table, int id)
    {
        for (var i = 0; i < table.Fields.Length; i++)
            if (table.Fields[i].Id == id) return i;
        return -1;
    }
}
