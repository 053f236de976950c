using System.Collections.Immutable;
using System.Text;

using K2I.Avro;
using K2I.Base;
using K2I.Columns;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>A wanted field and where it is found in Avro records: the way from a decoded value into a column.</summary>
internal sealed class AvroColumn
{
    private readonly Field field;
    private readonly string what;
    private readonly int at;
    private readonly AvroType? type;
    private readonly ReadOnlyMemory<byte>? missing;
    private readonly NullFill? fill;
    private readonly AvroColumn[] children;

    private AvroColumn(Field field, int at, AvroType? stored, ReadRequest request, string what, bool top)
    {
        this.field = field;
        this.what = what;
        this.at = at;
        type = stored?.Optional ?? stored;
        if (type is null && request.Missing.TryGetValue(field.Id, out var missing)) this.missing = missing;
        if (top && request.NullFills.TryGetValue(field.Id, out var fill)) this.fill = fill;
        if (type is null && field.Required && this.missing is null && this.fill is null) throw Json.Bad(what, $"column {field.Name} is required and not in the file");
        children = field.Type switch
        {
            StructType s => type is null ? [.. s.Fields.Select(f => new AvroColumn(f, -1, null, request, what, false))] : Of(s.Fields, Expect(AvroKind.Record), request, what, false),
            ListType l when type is not null => [new AvroColumn(l.Element, 0, Expect(AvroKind.Array).Element, request, what, false)],
            MapType m when type is { Kind: AvroKind.Map } => [new AvroColumn(m.Key, 0, AvroType.String, request, what, false), new AvroColumn(m.Value, 1, type.Element, request, what, false)],
            MapType m when type is { Kind: AvroKind.Array, Element: { Kind: AvroKind.Record, Fields.Length: 2 } entry } =>
                [new AvroColumn(m.Key, 0, entry.Fields[0].Type, request, what, false), new AvroColumn(m.Value, 1, entry.Fields[1].Type, request, what, false)],
            MapType when type is not null => throw Mismatch(type.Kind.ToString()),
            _ => [],
        };
    }

    internal static AvroColumn[] Of(ImmutableArray<Field> fields, AvroType record, ReadRequest request, string what, bool top = true)
    {
        var byId = record.Fields.Any(f => f.Id is not null);
        return [.. fields.Select(field =>
        {
            var at = Array.FindIndex(record.Fields, f => byId ? f.Id == field.Id : (f.OriginalName ?? f.Name) == field.Name);
            return new AvroColumn(field, at, at < 0 ? null : record.Fields[at].Type, request, what, top);
        })];
    }

    /// <summary>Appends this field of a record.</summary>
    internal void Append(ColumnBuilder column, object?[] record, long row) => AppendValue(column, at < 0 ? null : record[at], row);

    private void AppendValue(ColumnBuilder column, object? value, long row)
    {
        if (value is null)
        {
            if (this.fill is { } fill) column.AppendLong(fill.First + fill.Step * row);
            else if (this.missing is { } missing) AppendBytes(column, missing.Span);
            else column.AppendNull();
            return;
        }
        switch (field.Type.Kind, value)
        {
            case (TypeKind.Boolean, bool flag):
                column.AppendBool(flag);
                break;
            case (TypeKind.Int or TypeKind.Date, int number):
                column.AppendInt(number);
                break;
            case (TypeKind.Timestamp, int days) when type?.Logical == "date":
                column.AppendLong(days * 86_400_000_000L);
                break;
            case (TypeKind.TimestampNs, int days) when type?.Logical == "date":
                column.AppendLong(days * 86_400_000_000_000L);
                break;
            case (TypeKind.Long, int number):
                column.AppendLong(number);
                break;
            case (TypeKind.Long or TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs, long number):
                column.AppendLong(type?.Logical is "timestamp-millis" or "local-timestamp-millis" ? number * 1000 : number);
                break;
            case (TypeKind.Float, float number):
                column.AppendFloat(number);
                break;
            case (TypeKind.Double, float number):
                column.AppendDouble(number);
                break;
            case (TypeKind.Double, double number):
                column.AppendDouble(number);
                break;
            case (TypeKind.String or TypeKind.Binary, string text):
                column.AppendBytes(Encoding.UTF8.GetBytes(text));
                break;
            case (TypeKind.Binary, byte[] bytes):
                column.AppendBytes(bytes);
                break;
            case (TypeKind.Decimal, byte[] bytes):
                column.AppendDecimal(SingleValue.ToDecimal(bytes));
                break;
            case (TypeKind.Uuid or TypeKind.Fixed, byte[] bytes) when bytes.Length == column.Width:
                column.AppendFixed(bytes);
                break;
            case (TypeKind.Struct, object?[] inner):
                for (var i = 0; i < children.Length; i++) children[i].Append(column.Child(i), inner, row);
                column.EndStruct();
                break;
            case (TypeKind.List, List<object?> items):
                foreach (var item in items) children[0].AppendValue(column.Child(0), item, row);
                column.EndList();
                break;
            case (TypeKind.Map, List<object?> entries):
                foreach (var entry in entries) AppendEntry(column.Child(0), ((object?[])entry!)[0], ((object?[])entry!)[1], row);
                column.EndList();
                break;
            case (TypeKind.Map, Dictionary<string, object?> map):
                foreach (var (key, item) in map) AppendEntry(column.Child(0), key, item, row);
                column.EndList();
                break;
            default:
                throw Mismatch(type?.Kind.ToString() ?? "nothing");
        }
    }

    private void AppendEntry(ColumnBuilder entries, object? key, object? value, long row)
    {
        children[0].AppendValue(entries.Child(0), key, row);
        children[1].AppendValue(entries.Child(1), value, row);
        entries.EndStruct();
    }

    private void AppendBytes(ColumnBuilder column, ReadOnlySpan<byte> bytes)
    {
        switch (column.Layout)
        {
            case ColumnLayout.Bits:
                column.AppendBool(bytes[0] != 0);
                break;
            case ColumnLayout.Fixed when column.Width == 4:
                column.AppendInt(BitConverter.ToInt32(bytes));
                break;
            case ColumnLayout.Fixed when column.Width == 8:
                column.AppendLong(BitConverter.ToInt64(bytes));
                break;
            case ColumnLayout.Fixed:
                column.AppendFixed(bytes);
                break;
            case ColumnLayout.Bytes:
                column.AppendBytes(bytes);
                break;
            case ColumnLayout.Struct:
                for (var i = 0; i < children.Length; i++) children[i].AppendValue(column.Child(i), null, 0);
                column.EndStruct();
                break;
            default:
                column.AppendNull();
                break;
        }
    }

    private AvroType Expect(AvroKind kind) => type!.Kind == kind ? type : throw Mismatch(type.Kind.ToString());

    private EngineException Mismatch(string stored) => new(ErrorKind.Unsupported, $"{what}: column {field.Name} of type {field.Type} cannot be read from Avro's {stored}");
}
