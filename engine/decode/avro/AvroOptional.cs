using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A union of one type, with null or alone.</summary>
internal sealed unsafe class AvroOptional : AvroNode
{
    private readonly AvroNode inner;
    private readonly int valueBranch;
    private readonly int nullBranch;
    private ColumnBuilder column = null!;

    internal AvroOptional(AvroType union, AvroType value, Field field, string path, DecodeNode? parent, AvroPairing pairing) : base(field,
        parent)
    {
        valueBranch = Array.IndexOf(union.Branches, value);
        nullBranch = Array.FindIndex(union.Branches, b => b.Kind == AvroKind.Null);
        inner = Of(value, field, path, parent, pairing);
    }

    internal override AvroStep Step() => inner.Step().In(this, valueBranch);

    internal override void Bind(ColumnBuilder column)
    {
        this.column = column;
        inner.Bind(column);
    }

    internal override byte* Read(byte* p, AvroPlan plan)
    {
        var at = p;
        if (!AvroNumber.TryRead(ref p, plan.End, out var branch)) return plan.Truncated(at, this);
        if (branch == valueBranch) return inner.Read(p, plan);
        if (branch != nullBranch) return plan.Fail(DecodeStatus.Malformed, at, this, "a branch that the union does not have");
        if (Field!.Required) return plan.Fail(DecodeStatus.MissingRequired, at, this);
        column.AppendNull();
        return p;
    }
}
