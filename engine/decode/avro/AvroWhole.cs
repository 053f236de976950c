using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>An int or long into a column of either.</summary>
internal sealed unsafe class AvroWhole(AvroType type, Field field, DecodeNode? parent) : AvroNode(field, parent)
{
    private readonly bool isInt = type.Kind == AvroKind.Int;
    private readonly bool intoInt = field.Type.Kind == TypeKind.Int;
    private ColumnBuilder column = null!;

    internal override void Bind(ColumnBuilder column) => this.column = column;

    internal override byte* Read(byte* p, AvroPlan plan)
    {
        var at = p;
        if (!AvroNumber.TryRead(ref p, plan.End, out var number)) return plan.Truncated(at, this);
        if (isInt && number != (int)number) return plan.TooLong(at, this);
        if (intoInt) column.AppendInt((int)number);
        else column.AppendLong(number);
        return p;
    }
}
