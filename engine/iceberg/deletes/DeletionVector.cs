using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using K2I.Base;

namespace K2I.Iceberg;

/// <summary>The blob of a deletion vector: <c>length, magic, roaring bitmap of 64 bits, CRC-32</c>. Bytes read are not trusted; written are what Iceberg Java writes.</summary>
/// <remarks>Source: Puffin spec, "deletion-vector-v1"; RoaringFormatSpec, 32-bit format and its portable extension to 64 bits.</remarks>
internal static class DeletionVector
{
    private const uint Magic = 0x6439D3D1, NoRuns = 12346, WithRuns = 12347;
    private const int MaxArray = 4096, BitmapBytes = 8192, OffsetsFrom = 4;

    internal static byte[] Write(RowPositions positions)
    {
        var blob = new ArrayBufferWriter<byte>(256);
        blob.GetSpan(8)[..8].Clear();
        blob.Advance(4);
        BinaryPrimitives.WriteUInt32LittleEndian(blob.GetSpan(4), Magic);
        blob.Advance(4);
        RoaringWriter.Write(positions, blob);
        var bytes = new byte[blob.WrittenCount + 4];
        blob.WrittenSpan.CopyTo(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes, blob.WrittenCount - 4);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(blob.WrittenCount), Crc32.HashToUInt32(blob.WrittenSpan[4..]));
        return bytes;
    }

    internal static RowPositions Read(ReadOnlySpan<byte> blob, string what)
    {
        if (blob.Length < 12 || BinaryPrimitives.ReadUInt32BigEndian(blob) != blob.Length - 8) throw Bad(what, "its length is not what it says");
        var body = blob[4..^4];
        if (BinaryPrimitives.ReadUInt32LittleEndian(body) != Magic) throw Bad(what, "it is no deletion vector");
        if (Crc32.HashToUInt32(body) != BinaryPrimitives.ReadUInt32BigEndian(blob[^4..])) throw Bad(what, "it does not have the checksum that it says");
        return ReadBitmap(body[4..], what);
    }

    /// <summary>The portable 64-bit format alone: bitmaps of the low 32 bits, each after its high 32 bits.</summary>
    internal static RowPositions ReadBitmap(ReadOnlySpan<byte> bytes, string what)
    {
        var positions = new RowPositions();
        var reader = new Cursor(bytes, what);
        var count = reader.UInt64();
        long last = -1;
        for (ulong i = 0; i < count; i++)
        {
            long key = reader.UInt32();
            if (key <= last || key > int.MaxValue) throw Bad(what, "its keys are not in order");
            last = key;
            ReadLow(ref reader, key << 16, positions);
        }
        if (reader.Left != 0) throw Bad(what, "there are bytes after its end");
        return positions;
    }

    private static void ReadLow(ref Cursor reader, long high, RowPositions positions)
    {
        var cookie = reader.UInt32();
        var runs = (cookie & 0xFFFF) == WithRuns;
        if (!runs && cookie != NoRuns) throw reader.Bad("it is no roaring bitmap");
        var count = runs ? (cookie >> 16) + 1 : reader.UInt32();
        if (count > 1 << 16) throw reader.Bad("it has too many containers");
        var flags = runs ? reader.Take((int)(count + 7) / 8) : [];
        var headers = reader.Take((int)count * 4);
        if (!runs || count >= OffsetsFrom) reader.Take((int)count * 4);
        var last = -1;
        for (var i = 0; i < count; i++)
        {
            var key = BinaryPrimitives.ReadUInt16LittleEndian(headers[(i * 4)..]);
            var cardinality = BinaryPrimitives.ReadUInt16LittleEndian(headers[(i * 4 + 2)..]) + 1;
            if (key <= last) throw reader.Bad("its containers are not in order");
            last = key;
            var isRun = runs && (flags[i / 8] >> (i % 8) & 1) != 0;
            ReadContainer(ref reader, high + key, isRun, cardinality, positions);
        }
    }

    private static void ReadContainer(ref Cursor reader, long key, bool isRun, int cardinality, RowPositions positions)
    {
        Span<ulong> words = stackalloc ulong[BitmapBytes / 8];
        if (isRun)
        {
            words.Clear();
            var runs = reader.Take(reader.UInt16() * 4);
            for (; !runs.IsEmpty; runs = runs[4..])
            {
                int start = BinaryPrimitives.ReadUInt16LittleEndian(runs), length = BinaryPrimitives.ReadUInt16LittleEndian(runs[2..]);
                if (start + length > ushort.MaxValue) throw reader.Bad("a run goes beyond its container");
                for (var at = start; at <= start + length; at++) words[at >> 6] |= 1UL << (at & 63);
            }
            AddWords(ref reader, key, words, cardinality, positions);
        }
        else if (cardinality <= MaxArray)
        {
            var values = reader.Take(cardinality * 2);
            for (; !values.IsEmpty; values = values[2..]) positions.Add((key << 16) + BinaryPrimitives.ReadUInt16LittleEndian(values));
        }
        else
        {
            var bytes = reader.Take(BitmapBytes);
            for (var i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(i * 8)..]);
            AddWords(ref reader, key, words, cardinality, positions);
        }
    }

    /// <summary>As many rows as the header says, so that containers of a few bytes cannot claim a bitmap each; few rows take no bitmap.</summary>
    private static void AddWords(scoped ref Cursor reader, long key, scoped ReadOnlySpan<ulong> words, int cardinality, RowPositions positions)
    {
        var count = 0;
        foreach (var word in words) count += BitOperations.PopCount(word);
        if (count != cardinality) throw reader.Bad($"a container of {count} rows is said to have {cardinality}");
        if (count > MaxArray)
        {
            positions.AddBitmap(key, words);
            return;
        }
        for (var i = 0; i < words.Length; i++)
            for (var word = words[i]; word != 0; word &= word - 1) positions.Add((key << 16) + (i * 64) + BitOperations.TrailingZeroCount(word));
    }

    private static EngineException Bad(string what, string problem) => Json.Bad(what, problem);

    private ref struct Cursor(ReadOnlySpan<byte> bytes, string what)
    {
        private ReadOnlySpan<byte> left = bytes;

        internal readonly int Left => left.Length;

        internal ReadOnlySpan<byte> Take(int count)
        {
            if (count > left.Length) throw Bad("it is cut short");
            var taken = left[..count];
            left = left[count..];
            return taken;
        }

        internal ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

        internal uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

        internal ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

        internal readonly EngineException Bad(string problem) => Json.Bad(what, problem);
    }
}
