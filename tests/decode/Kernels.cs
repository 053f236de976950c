using System.Globalization;
using System.Numerics;
using System.Text;
using Xunit.Sdk;

namespace K2I.Decode.Tests;

/// <summary>Each kernel against the plain way, over every alignment and length that matters.</summary>
public unsafe class Kernels
{
    [Fact]
    public void CopyIsTheSameWithAndWithoutVectors()
    {
        var random = new Random(7);
        var source = new byte[400];
        var target = new byte[400];
        fixed (byte* s = source, t = target)
        {
            for (var length = 0; length < 300; length++)
            {
                for (var high = -1; high < length; high += Math.Max(1, length / 7))
                {
                    for (var i = 0; i < source.Length; i++) source[i] = (byte)random.Next(128);
                    source[length + 3] = 0xFF;
                    if (high >= 0) source[high + 3] |= 0x80;
                    foreach (var scalar in (bool[])[false, true])
                    {
                        target.AsSpan().Fill(0xEE);
                        var ascii = scalar ? CopyKernel.CopyScalar(s + 3, t + 5, length) : CopyKernel.Copy(s + 3, t + 5, length);
                        Assert.Equal(high < 0, ascii);
                        Assert.True(source.AsSpan(3, length).SequenceEqual(target.AsSpan(5, length)));
                        Assert.Equal((0xEE, 0xEE), (target[4], target[5 + length]));
                    }
                }
            }
        }
    }

    [Fact]
    public void StringsEndWhereTheScalarLoopSays()
    {
        var bytes = new byte[512];
        fixed (byte* p = bytes)
        {
            for (var stop = 0; stop < 80; stop++)
            {
                for (var c = 0; c < 256; c++)
                {
                    bytes.AsSpan(0, 200).Fill((byte)'a');
                    bytes[stop + 1] = (byte)c;
                    bytes[150] = (byte)'"';
                    Assert.True(StringKernel.EndScalar(p + 1) == StringKernel.End(p + 1), $"byte {c} at {stop}");
                }
            }
        }
    }

    [Fact]
    public void UuidsReadAlikeWithAndWithoutVectors()
    {
        const string Good = "f81d4fAE-7dec-11d0-A765-00a0c91e6bf6";
        for (var at = 0; at < 36; at++)
        {
            for (var c = 0; c < 256; c++)
            {
                var bytes = Encoding.Latin1.GetBytes(Good + "................");
                bytes[at] = (byte)c;
                fixed (byte* p = bytes)
                {
                    var good = UuidKernel.Read(p, out var uuid);
                    Assert.Equal(UuidKernel.ReadScalar(p, out var plain), good);
                    if (good) Assert.Equal(plain, uuid);
                    Assert.Equal(at is 8 or 13 or 18 or 23 ? c == '-' : c < 128 && char.IsAsciiHexDigit((char)c), good);
                }
            }
        }
    }

    [Fact]
    public void DigitsAreReadUpToNineteen()
    {
        for (var length = 0; length <= 24; length++)
        {
            var digits = "9876543210987654321098765"[..length];
            foreach (var after in (char[])[',', '}', '.', ':', '/', '\0', '\u007f', '\u0080', '\u00ff', '\u00ba'])
            {
                fixed (byte* p = Encoding.Latin1.GetBytes(digits + after + "12345678901234567"))
                {
                    var read = Digits.Read(p, out var value);
                    var expected = Math.Min(length, 19);
                    Assert.Equal(expected, read - p);
                    Assert.Equal(length == 0 ? 0 : ulong.Parse(digits[..expected], CultureInfo.InvariantCulture), value);
                }
            }
        }
    }

    [Fact]
    public void PowersOfFiveAreRight()
    {
        for (var power = FivePowers.Lowest; power <= FivePowers.Highest; power++)
        {
            var five = BigInteger.Pow(5, Math.Abs(power));
            var exact = power < 0 ? (BigInteger.One << ((int)five.GetBitLength() + 127)) / five + 1 : five << (128 - (int)five.GetBitLength());
            var at = (power - FivePowers.Lowest) * 2;
            Assert.Equal(exact, ((BigInteger)FivePowers.Halves[at] << 64) + FivePowers.Halves[at + 1]);
        }
        Assert.Equal((FivePowers.Highest - FivePowers.Lowest + 1) * 2, FivePowers.Halves.Length);
    }

    [Fact]
    public void FloatsAreTheNearestOnes()
    {
        var random = new Random(11);
        var bytes = new byte[128];
        var sure = 0;
        const int Cases = 1_000_000;
        fixed (byte* p = bytes)
        {
            for (var i = 0; i < Cases; i++)
            {
                var length = Write(random, i, bytes);
                bytes[length] = (byte)',';
                var text = bytes.AsSpan(0, length);
                var expected = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
                var end = FloatText.Read(p, out double value);
                if (end != null)
                {
                    sure++;
                    if (end != p + length || BitConverter.DoubleToInt64Bits(expected) != BitConverter.DoubleToInt64Bits(value))
                        throw new XunitException($"{Encoding.ASCII.GetString(text)}: {value:R}, not {expected:R}");
                }
                var expectedSingle = float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
                end = FloatText.Read(p, out float single);
                if (end != null && BitConverter.SingleToInt32Bits(expectedSingle) != BitConverter.SingleToInt32Bits(single))
                    throw new XunitException($"{Encoding.ASCII.GetString(text)}: {single:R}, not {expectedSingle:R}");
            }
        }
        Assert.InRange(sure, Cases / 2, Cases);
    }

    /// <summary>Shortest forms, few digits, many digits, ties between two floats or doubles, and exponents of every size.</summary>
    private static int Write(Random random, int turn, Span<byte> target)
    {
        int length;
        switch (turn % 6)
        {
            case 0:
                random.NextDouble().TryFormat(target, out length, "R", CultureInfo.InvariantCulture);
                return length;
            case 1:
                (random.Next(1_000_000) / 100.0).TryFormat(target, out length, "R", CultureInfo.InvariantCulture);
                return length;
            case 2:
                ((decimal)(random.NextInt64(1L << 53) * 2 + 1) / (1 << random.Next(12))).TryFormat(target, out length, default, CultureInfo.InvariantCulture);
                return length;
            case 3:
                ((decimal)(random.NextInt64(1L << 24) * 2 + 1) / (1 << random.Next(20))).TryFormat(target, out length, default, CultureInfo.InvariantCulture);
                return length;
            case 4:
                random.NextInt64().TryFormat(target, out length, default, CultureInfo.InvariantCulture);
                target[length++] = (byte)'e';
                random.Next(-60, 60).TryFormat(target[length..], out var more, default, CultureInfo.InvariantCulture);
                return length + more;
            default:
                var bits = random.NextInt64(long.MinValue, long.MaxValue);
                var value = BitConverter.Int64BitsToDouble(bits);
                (double.IsFinite(value) ? value : 1.5).TryFormat(target, out length, "R", CultureInfo.InvariantCulture);
                return length;
        }
    }
}
