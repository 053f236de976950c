using System.Text;

using K2I.Columns;
using K2I.Memory;

namespace K2I.Iceberg.Tests;

/// <summary>Random rows of any schema, nulls, edges and repeated values included.</summary>
internal sealed class RandomRows(Random random)
{
    private static readonly long[] Edges = [0, -1, 1, long.MaxValue, long.MinValue, 1_510_871_468_000_000, -86_400_000_000];

    public BatchBuilder Fill(Schema schema, int rows)
    {
        var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
        for (var row = 0; row < rows; row++)
        {
            for (var at = 0; at < schema.Fields.Length; at++) Append(builder.Column(at), schema.Fields[at]);
            Assert.True(builder.EndRow());
        }
        return builder;
    }

    private void Append(ColumnBuilder column, Field field)
    {
        if (!field.Required && random.Next(6) == 0)
        {
            column.AppendNull();
            return;
        }
        switch (field.Type.Kind)
        {
            case TypeKind.Struct:
                var fields = Schema.ChildrenOf(field.Type);
                for (var at = 0; at < fields.Length; at++) Append(column.Child(at), fields[at]);
                column.EndStruct();
                break;
            case TypeKind.List:
                for (var n = random.Next(4); n > 0; n--) Append(column.Child(0), ((ListType)field.Type).Element);
                column.EndList();
                break;
            case TypeKind.Boolean:
                column.AppendBool(random.Next(2) == 0);
                break;
            case TypeKind.Int:
                column.AppendInt(random.Next(4) == 0 ? (int)Edge() : random.Next(-20, 20));
                break;
            case TypeKind.Date:
                column.AppendInt(random.Next(-800, 20_000));
                break;
            case TypeKind.Float:
                column.AppendFloat(random.Next(5) switch { 0 => float.NaN, 1 => -0f, 2 => 0f, _ => random.Next(-5, 5) });
                break;
            case TypeKind.Double:
                column.AppendDouble(random.Next(5) switch { 0 => double.NaN, 1 => -0d, 2 => double.NegativeInfinity, _ => random.Next(-5, 5) });
                break;
            case TypeKind.Decimal:
                column.AppendDecimal(random.Next(-2000, 2000));
                break;
            case TypeKind.String:
                column.AppendBytes(Encoding.UTF8.GetBytes(random.Next(5) switch { 0 => "", 1 => "ä€😀" + random.Next(9), 2 => "a b/c=%+", _ => "text value of some length " + random.Next(9) }));
                break;
            case TypeKind.Binary:
                column.AppendBytes(Bytes(random.Next(6)));
                break;
            case TypeKind.Uuid:
                column.AppendFixed([.. Bytes(1), .. new byte[15]]);
                break;
            case TypeKind.Fixed:
                column.AppendFixed(Bytes(((PrimitiveType)field.Type).Length));
                break;
            case TypeKind.Time:
                column.AppendLong(random.NextInt64(86_400_000_000));
                break;
            case TypeKind.TimestampNs or TypeKind.TimestampTzNs:
                column.AppendLong(random.Next(3) == 0 ? -1 : random.NextInt64(-100_000_000_000_000, 1_700_000_000_000_000_000));
                break;
            case TypeKind.Timestamp or TypeKind.TimestampTz:
                column.AppendLong(random.Next(3) == 0 ? -1 : random.NextInt64(-100_000_000_000_000, 1_700_000_000_000_000));
                break;
            default:
                column.AppendLong(random.Next(4) == 0 ? Edge() : random.Next(-20, 20));
                break;
        }
    }

    private long Edge() => Edges[random.Next(Edges.Length)];

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        for (var at = 0; at < length; at++) bytes[at] = (byte)random.Next(253, 256);
        return bytes;
    }
}
