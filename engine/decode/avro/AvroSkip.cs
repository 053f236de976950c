using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Fields side by side that no column takes: passed over, and checked no further than that takes.</summary>
internal sealed unsafe class AvroSkip(AvroType type, DecodeNode? parent) : AvroNode(null, parent)
{
    private AvroType[] types = [type];

    /// <summary>Passes over what comes behind it, too.</summary>
    internal void Add(AvroSkip next) => types = [.. types, .. next.types];

    internal override void Bind(ColumnBuilder column)
    {
    }

    internal override byte* Read(byte* p, AvroPlan plan)
    {
        foreach (var type in types)
        {
            if (!IsNull(type, p, plan)) plan.Ignore();
            p = Skip(type, p, plan, plan.MaxDepth);
            if (p == null) break;
        }
        return p;
    }

    private static bool IsNull(AvroType type, byte* p, AvroPlan plan)
    {
        if (type.Kind != AvroKind.Union) return type.Kind == AvroKind.Null;
        return AvroNumber.TryRead(ref p, plan.End, out var branch) && (ulong)branch < (ulong)type.Branches.Length
            && type.Branches[branch].Kind == AvroKind.Null;
    }

    private byte* Skip(AvroType of, byte* p, AvroPlan plan, int depth)
    {
        if (depth == 0) return plan.Fail(DecodeStatus.TooDeep, p, Parent);
        if (!plan.MayStep(1, p, this)) return null;
        switch (of.Kind)
        {
            case AvroKind.Null:
                return p;
            case AvroKind.Boolean:
                return Pass(p, 1, plan);
            case AvroKind.Float:
                return Pass(p, 4, plan);
            case AvroKind.Double:
                return Pass(p, 8, plan);
            case AvroKind.Fixed:
                return Pass(p, of.Size, plan);
            case AvroKind.Record:
                foreach (var field in of.Fields)
                {
                    p = Skip(field.Type, p, plan, depth - 1);
                    if (p == null) return null;
                }
                return p;
            case AvroKind.Array or AvroKind.Map:
                return SkipItems(of, p, plan, depth - 1);
            default:
                var at = p;
                if (!AvroNumber.TryRead(ref p, plan.End, out var number)) return plan.Truncated(at, Parent);
                if (of.Kind is AvroKind.String or AvroKind.Bytes) return Pass(p, number, plan);
                if (of.Kind != AvroKind.Union) return p;
                return (ulong)number < (ulong)of.Branches.Length ? Skip(of.Branches[number], p, plan, depth - 1)
                    : plan.Fail(DecodeStatus.Malformed, at, Parent, "a branch that the union does not have");
        }
    }

    private byte* SkipItems(AvroType of, byte* p, AvroPlan plan, int depth)
    {
        while (true)
        {
            var at = p;
            if (!AvroNumber.TryRead(ref p, plan.End, out var count)) return plan.Truncated(at, Parent);
            if (count == 0) return p;
            if (count < 0)
            {
                if (!AvroNumber.TryRead(ref p, plan.End, out var bytes)) return plan.Truncated(at, Parent);
                p = Pass(p, bytes, plan);
                if (p == null) return null;
                continue;
            }
            if (!plan.MayStep(count, at, this)) return null;
            for (; count > 0; count--)
            {
                if (of.Kind == AvroKind.Map) p = Skip(AvroType.String, p, plan, depth);
                if (p != null) p = Skip(of.Element!, p, plan, depth);
                if (p == null) return null;
            }
        }
    }

    private byte* Pass(byte* p, long bytes, AvroPlan plan) => (ulong)bytes <= (ulong)(plan.End - p) ? p + bytes : plan.Truncated(p, Parent);
}
