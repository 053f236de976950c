using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Maintenance;

/// <summary>
/// Rows with their keys, as many as its memory takes, put in order when it is full. Owner of its memory; nothing managed grows with rows.
/// One thread.
/// </summary>
internal sealed class SortBuffer : IDisposable
{
    private const int KeyShare = 4;

    private readonly BatchBuilder rows;
    private readonly NativeBuffer keys, entries;
    private int keyBytes;

    /// <summary>A row: the beginning of its key, as a number, and where all of it is.</summary>
    private readonly record struct Entry(ulong Start, int At, int Length, int Row);

    internal SortBuffer(Schema schema, long bytes)
    {
        rows = BatchBuilder.Bounded(schema, MemoryTag.Scratch, bytes - (bytes / KeyShare));
        keys = NativeBuffer.Reserve(MemoryTag.Scratch, bytes / KeyShare / 2);
        entries = NativeBuffer.Reserve(MemoryTag.Scratch, bytes / KeyShare / 2);
    }

    internal int Rows => rows.Rows;

    /// <summary>In the order that they came.</summary>
    internal Batch View() => rows.View();

    /// <summary>False where it does not fit.</summary>
    internal bool TryAdd(Batch batch, Ordinal row, ReadOnlySpan<byte> key)
    {
        if (keyBytes + key.Length > keys.Capacity || (rows.Rows + 1L) * Unsafe.SizeOf<Entry>() > entries.Capacity) return false;
        for (var at = 0; at < rows.ColumnCount; at++) RowCopy.Append(rows.Column(at), batch.Columns[at], row.Value);
        if (!rows.EndRow()) return false;
        key.CopyTo(keys.Slice(keyBytes, key.Length));
        Span<byte> start = stackalloc byte[sizeof(ulong)];
        start.Clear();
        key[..Math.Min(key.Length, start.Length)].CopyTo(start);
        EntriesOf(rows.Rows)[^1] = new(BinaryPrimitives.ReadUInt64BigEndian(start), keyBytes, key.Length, rows.Rows - 1);
        keyBytes += key.Length;
        return true;
    }

    /// <summary>The rows' ordinals in order; rows with the same key as they came.</summary>
    internal Ordinal[] Sort()
    {
        var sorted = EntriesOf(rows.Rows);
        sorted.Sort(new Comparer(keys));
        var ordinals = new Ordinal[sorted.Length];
        for (var at = 0; at < ordinals.Length; at++) ordinals[at] = new(sorted[at].Row);
        return ordinals;
    }

    internal void Clear()
    {
        rows.Reset();
        keyBytes = 0;
    }

    public void Dispose()
    {
        rows.Dispose();
        keys.Dispose();
        entries.Dispose();
    }

    private Span<Entry> EntriesOf(int count) => MemoryMarshal.Cast<byte, Entry>(entries.Slice(0, count * Unsafe.SizeOf<Entry>()));

    private readonly struct Comparer(NativeBuffer keys) : IComparer<Entry>
    {
        public int Compare(Entry x, Entry y)
        {
            if (x.Start != y.Start) return x.Start.CompareTo(y.Start);
            var order = keys.Slice(x.At, x.Length).SequenceCompareTo(keys.Slice(y.At, y.Length));
            return order != 0 ? order : x.Row.CompareTo(y.Row);
        }
    }
}
