using System.Buffers;
using System.Buffers.Binary;

namespace K2I.Iceberg;

/// <summary>Positions as a roaring bitmap in its portable 64-bit form, each container in the smallest of its three forms. Source: RoaringFormatSpec.</summary>
internal static class RoaringWriter
{
    private const uint NoRuns = 12346, WithRuns = 12347;
    private const int MaxArray = 4096, BitmapBytes = 8192, OffsetsFrom = 4;

    private readonly record struct Container(ushort Key, int Cardinality, bool IsRun, byte[] Bytes);

    /// <summary><c>count (8), then for each: high 32 bits (4), the bitmap of the low 32 bits</c>.</summary>
    public static void Write(RowPositions positions, IBufferWriter<byte> into)
    {
        var bitmaps = Containers(positions).GroupBy(c => c.High, c => c.Container).ToList();
        BinaryPrimitives.WriteInt64LittleEndian(into.GetSpan(8), bitmaps.Count);
        into.Advance(8);
        foreach (var bitmap in bitmaps)
        {
            UInt32(into, (uint)bitmap.Key);
            WriteLow([.. bitmap], into);
        }
    }

    private static void WriteLow(Container[] containers, IBufferWriter<byte> into)
    {
        var runs = containers.Any(c => c.IsRun);
        var flags = new byte[runs ? (containers.Length + 7) / 8 : 0];
        for (var i = 0; i < containers.Length; i++)
            if (containers[i].IsRun) flags[i / 8] |= (byte)(1 << (i % 8));
        UInt32(into, runs ? WithRuns | (uint)(containers.Length - 1) << 16 : NoRuns);
        if (!runs) UInt32(into, (uint)containers.Length);
        into.Write(flags);
        foreach (var container in containers)
        {
            UInt16(into, container.Key);
            UInt16(into, (ushort)(container.Cardinality - 1));
        }
        if (!runs || containers.Length >= OffsetsFrom)
        {
            var at = (runs ? 4 : 8) + flags.Length + (containers.Length * 8);
            foreach (var container in containers)
            {
                UInt32(into, (uint)at);
                at += container.Bytes.Length;
            }
        }
        foreach (var container in containers) into.Write(container.Bytes);
    }

    private static IEnumerable<(long High, Container Container)> Containers(RowPositions positions)
    {
        var low = new List<ushort>();
        long key = -1;
        foreach (var position in positions.All())
        {
            if (position >> 16 != key && low.Count > 0)
            {
                yield return (key >> 16, Pack((ushort)key, low));
                low.Clear();
            }
            key = position >> 16;
            low.Add((ushort)position);
        }
        if (low.Count > 0) yield return (key >> 16, Pack((ushort)key, low));
    }

    private static Container Pack(ushort key, List<ushort> values)
    {
        var runs = 1;
        for (var i = 1; i < values.Count; i++)
            if (values[i] != values[i - 1] + 1) runs++;
        var plain = values.Count <= MaxArray ? values.Count * 2 : BitmapBytes;
        var bytes = new ArrayBufferWriter<byte>(plain);
        if (2 + (runs * 4) < plain)
        {
            UInt16(bytes, (ushort)runs);
            for (var from = 0; from < values.Count;)
            {
                var to = from + 1;
                while (to < values.Count && values[to] == values[to - 1] + 1) to++;
                UInt16(bytes, values[from]);
                UInt16(bytes, (ushort)(to - from - 1));
                from = to;
            }
            return new Container(key, values.Count, true, bytes.WrittenSpan.ToArray());
        }
        if (values.Count <= MaxArray)
        {
            foreach (var value in values) UInt16(bytes, value);
            return new Container(key, values.Count, false, bytes.WrittenSpan.ToArray());
        }
        var bitmap = new byte[BitmapBytes];
        foreach (var value in values) bitmap[value >> 3] |= (byte)(1 << (value & 7));
        return new Container(key, values.Count, false, bitmap);
    }

    private static void UInt16(IBufferWriter<byte> into, ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(into.GetSpan(2), value);
        into.Advance(2);
    }

    private static void UInt32(IBufferWriter<byte> into, uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(into.GetSpan(4), value);
        into.Advance(4);
    }
}
