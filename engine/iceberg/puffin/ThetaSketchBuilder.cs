using System.Buffers.Binary;
using System.Numerics;

namespace K2I.Iceberg;

/// <summary>
/// Counts distinct values in bounded memory: of all values' hashes the smallest few thousand are kept, and how small they are tells how
/// many there are (about 1.6 % off, exact below
/// <see cref="Nominal"/>). Sketches of parts of the rows make one of the whole. One thread.
/// </summary>
/// <remarks>
/// Made as DataSketches' theta sketches are, so that Iceberg's readers can go on with it: a value is hashed by MurmurHash3 (x64, 128 bits,
/// seed 9001), the upper half halved; an empty value is none.
/// Written as a compact ordered sketch of serial version 3. Source: DataSketches; Puffin spec, "apache-datasketches-theta-v1".
/// </remarks>
public sealed class ThetaSketchBuilder
{
    /// <summary>How many hashes are kept at the end.</summary>
    public const int Nominal = 4096;

    private const ulong Seed = 9001;
    private const ulong Everything = long.MaxValue;
    private const int PreambleEmpty = 1, PreambleExact = 2, PreambleEstimating = 3;
    private const byte SerialVersion = 3, CompactFamily = 3;
    private const byte ReadOnly = 2, Empty = 4, Compact = 8, Ordered = 16, Single = 32;
    private const ushort SeedHash = 0x93CC;

    private readonly HashSet<ulong> hashes = [];

    /// <summary>Hashes from here on are not kept.</summary>
    private ulong theta = Everything;

    /// <summary>How many distinct values were seen, about.</summary>
    public long Estimate
    {
        get
        {
            Trim(Nominal);
            return theta == Everything ? hashes.Count : (long)Math.Round(hashes.Count / (theta / (double)Everything));
        }
    }

    /// <summary>Counts a value, by its <see cref="SingleValue"/>.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty) Keep(HashOf(value));
    }

    /// <summary>
    /// Counts what a compact sketch has counted. False: it is of a form that this build does not go on with; nothing was counted.
    /// </summary>
    public bool TryAdd(ReadOnlySpan<byte> sketch)
    {
        if (sketch.Length < 8 || sketch[1] != SerialVersion || sketch[2] != CompactFamily
            || BinaryPrimitives.ReadUInt16LittleEndian(sketch[6..]) != SeedHash) return false;
        var (words, flags) = (sketch[0] & 0x3F, sketch[5]);
        if ((flags & Empty) != 0) return true;
        if (words is < PreambleEmpty or > PreambleEstimating || sketch.Length < words * 8) return false;
        var count = words == PreambleEmpty ? 1 : BinaryPrimitives.ReadInt32LittleEndian(sketch[8..]);
        var limit = words == PreambleEstimating ? BinaryPrimitives.ReadUInt64LittleEndian(sketch[16..]) : Everything;
        var kept = sketch[(words * 8)..];
        if (count < 0 || kept.Length != count * 8L || limit is 0 or > Everything) return false;
        if (limit < theta) Lower(limit);
        for (; !kept.IsEmpty; kept = kept[8..]) Keep(BinaryPrimitives.ReadUInt64LittleEndian(kept));
        return true;
    }

    /// <summary>The sketch as others read it.</summary>
    public byte[] ToBytes()
    {
        Trim(Nominal);
        var words = theta != Everything ? PreambleEstimating : hashes.Count < 2 ? PreambleEmpty : PreambleExact;
        var bytes = new byte[(words + hashes.Count) * 8];
        bytes[0] = (byte)words;
        bytes[1] = SerialVersion;
        bytes[2] = CompactFamily;
        bytes[5] = (byte)(ReadOnly | Compact | Ordered
            | (theta != Everything ? 0 : hashes.Count == 0 ? Empty : hashes.Count == 1 ? Single : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), SeedHash);
        if (words >= PreambleExact)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), hashes.Count);
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(12), 1);
        }
        if (words == PreambleEstimating) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), theta);
        var at = words * 8;
        foreach (var hash in hashes.Order())
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(at), hash);
            at += 8;
        }
        return bytes;
    }

    /// <summary>The upper half of the value's hash, halved.</summary>
    internal static ulong HashOf(ReadOnlySpan<byte> value)
    {
        const ulong c1 = 0x87C37B91114253D5, c2 = 0x4CF5AD432745937F;
        ulong h1 = Seed, h2 = Seed;
        var rest = value;
        for (; rest.Length >= 16; rest = rest[16..])
        {
            h1 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(rest) * c1, 31) * c2;
            h1 = ((BitOperations.RotateLeft(h1, 27) + h2) * 5) + 0x52DCE729;
            h2 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]) * c2, 33) * c1;
            h2 = ((BitOperations.RotateLeft(h2, 31) + h1) * 5) + 0x38495AB5;
        }
        Span<byte> tail = stackalloc byte[16];
        tail.Clear();
        rest.CopyTo(tail);
        h2 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(tail[8..]) * c2, 33) * c1;
        h1 ^= BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(tail) * c1, 31) * c2;
        h1 ^= (ulong)value.Length;
        h2 ^= (ulong)value.Length;
        h1 += h2;
        h2 += h1;
        h1 = Finish(h1);
        h2 = Finish(h2);
        return (h1 + h2) >> 1;
    }

    private static ulong Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }

    private void Keep(ulong hash)
    {
        if (hash == 0 || hash >= theta || !hashes.Add(hash)) return;
        // Sorted once in so many additions: the cost of one is small.
        if (hashes.Count >= 2 * Nominal) Trim(Nominal);
    }

    /// <summary>Keeps the smallest <paramref name="most"/>; the next one is where theta is.</summary>
    private void Trim(int most)
    {
        if (hashes.Count <= most) return;
        var sorted = hashes.ToArray();
        Array.Sort(sorted);
        Lower(sorted[most]);
    }

    private void Lower(ulong limit)
    {
        theta = limit;
        hashes.RemoveWhere(h => h >= limit);
    }
}
