using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using K2I.Memory;

namespace K2I.Columns;

/// <summary>
/// Owner of chosen rows, copied together out of batches of one schema: what a filter or deletes leave, in the layout that everything else
/// reads. What it returns is valid until it is asked again. One thread. No allocation per row; memory grows to what the largest answer
/// took.
/// </summary>
public sealed class RowGather(Schema schema, MemoryTag tag) : IDisposable
{
    private readonly Column[] columns = [.. schema.Fields.Select(_ => new Column(tag))];

    /// <summary>The rows at these ordinals, in their order, any of them any number of times.</summary>
    public Batch Take(Batch batch, ReadOnlySpan<Ordinal> ordinals)
    {
        var rows = MemoryMarshal.Cast<Ordinal, int>(ordinals);
        var views = ImmutableArray.CreateBuilder<ColumnView>(columns.Length);
        for (var i = 0; i < columns.Length; i++) views.Add(columns[i].Take(batch.Columns[i], rows));
        return new(batch.Schema, ordinals.Length, views.MoveToImmutable());
    }

    public void Dispose()
    {
        foreach (var column in columns) column.Dispose();
    }

    /// <summary>The buffers of one column, and those of the columns below it.</summary>
    private sealed class Column(MemoryTag tag) : IDisposable
    {
        private NativeBuffer? validity, offsets, values, positions;
        private Column[] children = [];

        internal ColumnView Take(ColumnView from, ReadOnlySpan<int> at)
        {
            var valid = from.MayHaveNulls ? Bits(ref validity, from.Validity, at) : Ensure(ref validity, Bytes(at.Length));
            return from.Layout switch
            {
                ColumnLayout.Bits => Over(from, at, valid, [], Bits(ref values, from.ValueBytes, at)),
                ColumnLayout.Fixed => Over(from, at, valid, [], Fixed(from, at)),
                ColumnLayout.Bytes => TakeBytes(from, at, valid),
                ColumnLayout.List => TakeList(from, at, valid),
                _ => Over(from, at, valid, [], [], Below(from, at)),
            };
        }

        public void Dispose()
        {
            foreach (var buffer in (ReadOnlySpan<NativeBuffer?>)[validity, offsets, values, positions]) buffer?.Dispose();
            foreach (var child in children) child.Dispose();
        }

        private static ColumnView Over(
            ColumnView from, ReadOnlySpan<int> at, ReadOnlySpan<byte> valid, ReadOnlySpan<int> offsets, ReadOnlySpan<byte> values,
            params ColumnView[] below) =>
            ColumnView.Over(from.Field, at.Length, from.MayHaveNulls, valid, offsets, values, below);

        private ColumnView TakeBytes(ColumnView from, ReadOnlySpan<int> at, ReadOnlySpan<byte> valid)
        {
            var ends = Ends(from.Offsets, at);
            var target = Ensure(ref values, ends[^1]);
            var source = from.ValueBytes;
            for (var i = 0; i < at.Length; i++) source.Slice(from.Offsets[at[i]], ends[i + 1] - ends[i]).CopyTo(target[ends[i]..]);
            return Over(from, at, valid, ends, target);
        }

        private ColumnView TakeList(ColumnView from, ReadOnlySpan<int> at, ReadOnlySpan<byte> valid)
        {
            var ends = Ends(from.Offsets, at);
            var elements = MemoryMarshal.Cast<byte, int>(Ensure(ref positions, (long)ends[^1] * sizeof(int)));
            for (var i = 0; i < at.Length; i++)
            {
                var first = from.Offsets[at[i]];
                for (var k = ends[i]; k < ends[i + 1]; k++) elements[k] = first++;
            }
            return Over(from, at, valid, ends, [], Below(from, elements));
        }

        private ColumnView[] Below(ColumnView from, ReadOnlySpan<int> at)
        {
            if (children.Length != from.Children.Count) children = [.. from.Children.Select(_ => new Column(tag))];
            var views = new ColumnView[children.Length];
            for (var i = 0; i < views.Length; i++) views[i] = children[i].Take(from.Children[i], at);
            return views;
        }

        /// <summary>Offsets of the chosen values one after another.</summary>
        private Span<int> Ends(ReadOnlySpan<int> from, ReadOnlySpan<int> at)
        {
            var ends = MemoryMarshal.Cast<byte, int>(Ensure(ref offsets, ((long)at.Length + 1) * sizeof(int)));
            ends[0] = 0;
            for (var i = 0; i < at.Length; i++) ends[i + 1] = checked(ends[i] + from[at[i] + 1] - from[at[i]]);
            return ends;
        }

        private Span<byte> Bits(ref NativeBuffer? buffer, ReadOnlySpan<byte> from, ReadOnlySpan<int> at)
        {
            var target = Ensure(ref buffer, Bytes(at.Length));
            target.Clear();
            for (var i = 0; i < at.Length; i++) target[i >> 3] |= (byte)((from[at[i] >> 3] >> (at[i] & 7) & 1) << (i & 7));
            return target;
        }

        private Span<byte> Fixed(ColumnView from, ReadOnlySpan<int> at)
        {
            var target = Ensure(ref values, (long)at.Length * from.Width);
            switch (from.Width)
            {
                case sizeof(int):
                    Copy<int>(from.ValueBytes, at, target);
                    break;
                case sizeof(long):
                    Copy<long>(from.ValueBytes, at, target);
                    break;
                case 16:
                    Copy<Vector128<byte>>(from.ValueBytes, at, target);
                    break;
                default:
                    for (var i = 0; i < at.Length; i++) from.Bytes(at[i]).CopyTo(target[(i * from.Width)..]);
                    break;
            }
            return target;
        }

        private static void Copy<T>(ReadOnlySpan<byte> from, ReadOnlySpan<int> at, Span<byte> target) where T : unmanaged
        {
            var source = MemoryMarshal.Cast<byte, T>(from);
            var copies = MemoryMarshal.Cast<byte, T>(target);
            for (var i = 0; i < at.Length; i++) copies[i] = source[at[i]];
        }

        /// <summary>So many bytes of a buffer, whatever they hold.</summary>
        private Span<byte> Ensure(ref NativeBuffer? buffer, long bytes)
        {
            if (bytes == 0) return [];
            if (buffer is null || buffer.Capacity < bytes)
            {
                buffer?.Dispose();
                buffer = null;
                buffer = NativeBuffer.Reserve(tag, (long)BitOperations.RoundUpToPowerOf2((ulong)bytes));
            }
            return buffer.Slice(0, checked((int)bytes));
        }

        private static int Bytes(int bits) => (bits + 7) / 8;
    }
}
