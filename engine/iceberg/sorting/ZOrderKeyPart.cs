using System.Buffers.Binary;
using System.Collections.Immutable;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>
/// Several columns at once: of each, 32 bits that say where in its range a value is, interleaved from the highest on. Nulls are lowest.
/// </summary>
/// <remarks>
/// The range of a column is that of the files' bounds: without them the bits that all values share would come first and tell nothing. Of
/// text and bytes it is what differs beyond the prefix that the bounds share, 8 bytes of it. A value out of range (a file without bounds)
/// is at its end.
/// </remarks>
internal sealed class ZOrderKeyPart : IKeyPart
{
    private const int Bits = 32;

    private readonly Column[] columns;
    private readonly uint[] places;

    internal ZOrderKeyPart(ImmutableArray<string> paths, Schema schema, IReadOnlyList<DataFile> files)
    {
        columns = [.. paths.Select(p => new Column(schema, p, files))];
        places = new uint[columns.Length];
    }

    public void Append(Batch batch, Ordinal row, KeyBytes key)
    {
        for (var at = 0; at < columns.Length; at++) places[at] = columns[at].PlaceOf(batch, row);
        var (bits, count) = (0, 0);
        for (var bit = Bits - 1; bit >= 0; bit--)
            foreach (var place in places)
            {
                bits = (bits << 1) | (int)((place >> bit) & 1);
                if (++count % 8 == 0) key.Byte((byte)bits);
            }
    }

    private sealed class Column
    {
        private readonly int[] path;
        private readonly PrimitiveType type;
        private readonly int shared;
        private readonly ulong least, most;

        internal Column(Schema schema, string name, IReadOnlyList<DataFile> files)
        {
            var field = schema.FindByPath(name) ?? throw new EngineException(ErrorKind.NotFound, $"there is no column '{name}'");
            (path, type) = OrderKey.Column(schema, field.Id);
            var lower = files.Select(f => f.LowerBounds?.GetValueOrDefault(field.Id)).OfType<byte[]>().ToList();
            var upper = files.Select(f => f.UpperBounds?.GetValueOrDefault(field.Id)).OfType<byte[]>().ToList();
            (least, most) = (0, ulong.MaxValue);
            if (lower.Count == 0 || upper.Count == 0) return;
            var first = lower.Aggregate((a, b) => SingleValue.Compare(type, a, b) <= 0 ? a : b);
            var last = upper.Aggregate((a, b) => SingleValue.Compare(type, a, b) >= 0 ? a : b);
            if (IsText) shared = first.AsSpan().CommonPrefixLength(last);
            (least, most) = (CodeOf(ColumnValue.FromSingle(type, first)), CodeOf(ColumnValue.FromSingle(type, last)));
        }

        private bool IsText => type.Kind is TypeKind.String or TypeKind.Binary or TypeKind.Fixed or TypeKind.Uuid;

        internal uint PlaceOf(Batch batch, Ordinal row)
        {
            var column = RowKey.Column(batch, path, row);
            if (column.IsNull(row.Value)) return 0;
            var code = column.Layout == ColumnLayout.Bits ? column.Bit(row.Value) ? ulong.MaxValue : 0 : CodeOf(column.Bytes(row.Value));
            if (most <= least) return 0;
            return (uint)((UInt128)(Math.Clamp(code, least, most) - least) * uint.MaxValue / (most - least));
        }

        /// <summary>A number that is in order as values are, from a value as columns hold it.</summary>
        private ulong CodeOf(ReadOnlySpan<byte> value)
        {
            switch (type.Kind)
            {
                case TypeKind.Boolean:
                    return value[0] == 0 ? 0 : ulong.MaxValue;
                case TypeKind.Int or TypeKind.Date:
                    return Turned(BinaryPrimitives.ReadInt32LittleEndian(value));
                case TypeKind.Float:
                    return Turned(BinaryPrimitives.ReadSingleLittleEndian(value));
                case TypeKind.Double:
                    return Turned(BinaryPrimitives.ReadDoubleLittleEndian(value));
                case TypeKind.Decimal:
                    return Turned((long)Int128.Clamp(BinaryPrimitives.ReadInt128LittleEndian(value), long.MinValue, long.MaxValue));
                case TypeKind.String or TypeKind.Binary or TypeKind.Fixed or TypeKind.Uuid:
                    Span<byte> room = stackalloc byte[sizeof(ulong)];
                    room.Clear();
                    var rest = value.Length > shared ? value[shared..] : [];
                    rest[..Math.Min(rest.Length, room.Length)].CopyTo(room);
                    return BinaryPrimitives.ReadUInt64BigEndian(room);
                default:
                    return Turned(BinaryPrimitives.ReadInt64LittleEndian(value));
            }
        }

        private static ulong Turned(long value) => (ulong)value ^ (1UL << 63);

        private static ulong Turned(double value)
        {
            var bits = BitConverter.DoubleToInt64Bits(value);
            return Turned(bits < 0 ? bits ^ long.MaxValue : bits);
        }
    }
}
