using System.Runtime.CompilerServices;
using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Reads the values of one field of a writer's schema into a column builder.</summary>
internal abstract unsafe class AvroNode(Field? field, DecodeNode? parent) : DecodeNode(field, parent)
{
    /// <summary>Reads one value at a position; returns the next position, or null.</summary>
    internal abstract byte* Read(byte* p, AvroPlan plan);

    /// <summary>The value among others.</summary>
    internal virtual AvroStep Step() => new(this);

    /// <summary>Writes to another batch from now on.</summary>
    internal abstract void Bind(ColumnBuilder column);

    internal static AvroRecord RowOf(AvroType record, ColumnMatch match, Schema table, PlanOptions options) =>
        new(record, null, null, table.Struct, new(match, options), "");

    /// <summary>What reads a writer's type into a column; what passes it over where there is none.</summary>
    internal static AvroNode Of(AvroType type, string path, DecodeNode? parent, AvroPairing pairing)
    {
        if (pairing.Match.ColumnOf(path) is not { } column) return new AvroSkip(type, parent);
        if (type.Kind != AvroKind.Union) return Of(type, column, path, parent, pairing);
        var valued = AvroColumns.Valued(type);
        return valued.Length == 1
            ? new AvroOptional(type, valued[0], column, path, parent, pairing)
            : new AvroUnion(type, column, path, parent, pairing);
    }

    internal static AvroNode Of(AvroType type, Field column, string path, DecodeNode? parent, AvroPairing pairing) => type.Kind switch
    {
        AvroKind.Record => new AvroRecord(type, column, parent, (StructType)column.Type, pairing, path),
        AvroKind.Array => new AvroList(type, column, path, parent, pairing),
        AvroKind.Map => new AvroMap(type, column, path, parent, pairing),
        _ => new AvroLeaf(type, column, parent),
    };

    /// <summary>How many items follow, 0 at the end; -1 where that cannot be read, with the error noted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected long Block(ref byte* p, AvroPlan plan)
    {
        var at = p;
        if (!AvroNumber.TryRead(ref p, plan.End, out var count))
        {
            _ = plan.Truncated(at, this);
            return -1;
        }
        if (count < 0)
        {
            count = -count;
            // The bytes that they take.
            if (!AvroNumber.TryRead(ref p, plan.End, out _)) count = -1;
        }
        return plan.MayStep(count, at, this) ? count : -1;
    }
}
