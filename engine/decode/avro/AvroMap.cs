using System.Text.Unicode;
using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A map: no key twice.</summary>
internal sealed unsafe class AvroMap : AvroNode
{
    private readonly AvroStep[] value;
    private ColumnBuilder column = null!;
    private ColumnBuilder entries = null!;
    private ColumnBuilder keys = null!;

    internal AvroMap(AvroType map, Field field, string path, DecodeNode? parent, AvroPairing pairing) : base(field, parent) =>
        value = [Of(map.Element!, $"{path}.value", this, pairing).Step()];

    internal override void Bind(ColumnBuilder column)
    {
        this.column = column;
        entries = column.Child(0);
        keys = entries.Child(0);
        value[0].Bind(entries.Child(1));
    }

    internal override byte* Read(byte* p, AvroPlan plan)
    {
        var outer = plan.Keys.Begin();
        var read = 0;
        while (true)
        {
            var count = Block(ref p, plan);
            if (count < 0) return null;
            if (count == 0) break;
            for (; count > 0; count--)
            {
                var at = p;
                if (!AvroNumber.TryRead(ref p, plan.End, out var length)
                    || (ulong)length > (ulong)(plan.End - p)) return plan.Truncated(at, this);
                var key = new ReadOnlySpan<byte>(p, (int)length);
                if (!Utf8.IsValid(key)) return plan.Fail(DecodeStatus.InvalidUtf8, p, this);
                if (!plan.MayHaveEntry(read++, at, this)) return null;
                if (!plan.Keys.Add(key)) return plan.Fail(DecodeStatus.DuplicateKey, at, this);
                keys.AppendBytes(key);
                p = AvroStep.Run(value, 1, p + length, plan);
                if (p == null) return null;
                entries.EndStruct();
            }
        }
        plan.Keys.End(outer);
        column.EndList();
        return p;
    }
}
