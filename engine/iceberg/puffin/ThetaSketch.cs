using System.Buffers.Binary;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>How many distinct values a theta sketch has seen, by its preamble. The bytes are not trusted; the hashes after the preamble are not looked at.</summary>
/// <remarks>Source: DataSketches, compact theta sketch of serial versions 3 (plain) and 4 (hashes delta-packed).</remarks>
public static class ThetaSketch
{
    private const int CompactFamily = 3;
    private const int EmptyFlag = 4, SingleFlag = 32;

    /// <exception cref="EngineException"><see cref="ErrorKind.Corrupt"/>: the bytes are no such sketch.</exception>
    public static double Estimate(ReadOnlySpan<byte> sketch, string what)
    {
        if (sketch.Length < 8 || sketch[2] != CompactFamily || sketch[1] is not (3 or 4)) throw Json.Bad(what, "it is no compact theta sketch");
        var (preamble, flags) = (sketch[0] & 0x3F, sketch[5]);
        if ((flags & EmptyFlag) != 0) return 0;
        return sketch[1] == 3 ? Plain(sketch, preamble, flags, what) : Packed(sketch, preamble, what);
    }

    private static double Plain(ReadOnlySpan<byte> sketch, int preamble, int flags, string what)
    {
        if (preamble == 1) return (flags & SingleFlag) != 0 || sketch.Length == 16 ? 1 : throw Json.Bad(what, "a theta sketch without a count");
        if (preamble is not (2 or 3) || sketch.Length < preamble * 8) throw Json.Bad(what, $"a theta sketch with a preamble of {preamble} words");
        var count = BinaryPrimitives.ReadInt32LittleEndian(sketch[8..]);
        if (count < 0 || (sketch.Length - (preamble * 8)) / 8 != count) throw Json.Bad(what, $"a theta sketch of {sketch.Length} bytes does not hold {count} hashes");
        return preamble == 2 ? count : Scaled(count, BinaryPrimitives.ReadInt64LittleEndian(sketch[16..]), what);
    }

    private static double Packed(ReadOnlySpan<byte> sketch, int preamble, string what)
    {
        if (preamble is not (1 or 2) || sketch.Length < preamble * 8) throw Json.Bad(what, $"a theta sketch with a preamble of {preamble} words");
        var bytes = sketch[4];
        if (bytes > 4 || sketch.Length < (preamble * 8) + bytes) throw Json.Bad(what, "a theta sketch without a count");
        uint count = 0;
        for (var i = 0; i < bytes; i++) count |= (uint)sketch[(preamble * 8) + i] << 8 * i;
        return preamble == 1 ? count : Scaled(count, BinaryPrimitives.ReadInt64LittleEndian(sketch[8..]), what);
    }

    private static double Scaled(long count, long theta, string what) => theta > 0 ? count / (theta / (double)long.MaxValue) : throw Json.Bad(what, "a theta sketch with an impossible theta");
}
