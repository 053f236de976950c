using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>An array.</summary>
internal sealed unsafe class AvroList : AvroNode
{
    private readonly AvroStep[] element;
    private ColumnBuilder column = null!;

    internal AvroList(AvroType array, Field field, string path, DecodeNode? parent, AvroPairing pairing) : base(field, parent) =>
        element = [Of(array.Element!, $"{path}.element", this, pairing).Step()];

    internal override void Bind(ColumnBuilder column)
    {
        this.column = column;
        element[0].Bind(column.Child(0));
    }

    internal override byte* Read(byte* p, AvroPlan plan)
    {
        while (true)
        {
            var count = Block(ref p, plan);
            if (count < 0) return null;
            if (count == 0) break;
            p = AvroStep.Run(element, count, p, plan);
            if (p == null) return null;
        }
        column.EndList();
        return p;
    }
}
