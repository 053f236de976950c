using System.Buffers.Binary;
using System.Text;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Memory;

namespace K2I.Query.Tests;

/// <summary>Each kernel alone, wide and narrow, against one comparison at a time.</summary>
public class KernelTests
{
    [Fact]
    public void NumbersAreComparedAlikeByVectorsAndOneByOne()
    {
        var random = new Random(1);
        Compare([int.MinValue, -1, 0, 1, int.MaxValue], _ => random.Next(-3, 3), (c, v) => c.AppendInt(v), PrimitiveType.Int);
        Compare([long.MinValue, -1, 0, 1, long.MaxValue], _ => random.Next(-3, 3), (c, v) => c.AppendLong(v), PrimitiveType.Long);
        Compare([float.NaN, -0f, 0f, 1f, float.NegativeInfinity], _ => random.Next(-3, 3), (c, v) => c.AppendFloat(v), PrimitiveType.Float);
        Compare([double.NaN, -0d, 0d, 1d, double.MaxValue], _ => random.Next(-3, 3), (c, v) => c.AppendDouble(v), PrimitiveType.Double);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("abcdefg")]
    [InlineData("abcdefgh")]
    [InlineData("abcdefghi")]
    [InlineData("abcdefghijklmnopqrstuvwxyz")]
    public void TextsAreComparedAlikeByHeadsAndOneByOne(string pattern)
    {
        var random = new Random(2);
        byte[][] texts = [.. Enumerable.Range(0, 150).Select(_ => Encoding.UTF8.GetBytes(Near(pattern, random)))];
        int[] offsets = [0, .. texts.Select((_, i) => texts.Take(i + 1).Sum(t => t.Length))];
        byte[] values = [.. texts.SelectMany(t => t)];
        foreach (var isPrefix in new[] { false, true })
        {
            var other = new string('y', pattern.Length);
            var one = new TextPattern([Encoding.UTF8.GetBytes(pattern), Encoding.UTF8.GetBytes(other)], isPrefix);
            for (var at = 0; at < texts.Length; at += 64)
            {
                ulong expected = 0;
                for (var i = at; i < Math.Min(at + 64, texts.Length); i++)
                {
                    var text = Encoding.UTF8.GetString(texts[i]);
                    if (Fits(pattern) || Fits(other)) expected |= 1UL << (i - at);

                    bool Fits(string with) => isPrefix ? text.StartsWith(with, StringComparison.Ordinal) : text == with;
                }
                Assert.Equal(expected, one.Test(offsets.AsSpan(at), values, ulong.MaxValue));
                var some = (ulong)random.NextInt64() << 1;
                Assert.Equal(expected & some, one.Test(offsets.AsSpan(at), values, some));
                some = 1UL << random.Next(64);
                Assert.Equal(expected & some, one.Test(offsets.AsSpan(at), values, some));
                Assert.Equal(expected, one.TestScalar(offsets.AsSpan(at), values));
            }
        }
    }

    [Fact]
    public void DecimalsAreComparedAsNumbers()
    {
        Int128[] values = [Int128.MinValue, -Int128.One << 64, -1, 0, 1, ulong.MaxValue, (Int128)ulong.MaxValue + 1, Int128.MaxValue];
        using var builder = new BatchBuilder(Schema.Of(new Field(1, "d", PrimitiveType.Decimal(38, 0), true)), MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 130; i++)
        {
            builder.Column(0).AppendDecimal(values[i % values.Length]);
            Assert.True(builder.EndRow());
        }
        var column = builder.View().Columns[0];
        foreach (var with in values)
        {
            foreach (var comparison in Enum.GetValues<ScanOperator>().Where(o => o <= ScanOperator.GreaterOrEqual))
            {
                var bits = new ulong[2];
                RowBits.Set(bits, 0, 66);
                new DecimalKernel(comparison, with, isNegated: true).Keep(column, 64, bits);
                for (var row = 64; row < 130; row++)
                    Assert.Equal(!Comparisons.Holds(comparison, values[row % values.Length].CompareTo(with)), Bit(bits, row - 64));
            }
        }
    }

    [Fact]
    public void DecimalsOfFewDigitsAreComparedByTheirLowerHalves()
    {
        const long most = 999_999_999_999_999_999;
        long[] values = [-most, -1, 0, 1, int.MaxValue, most];
        using var builder = new BatchBuilder(Schema.Of(new Field(1, "d", PrimitiveType.Decimal(18, 0), true)), MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 210; i++)
        {
            builder.Column(0).AppendDecimal(values[i % values.Length]);
            Assert.True(builder.EndRow());
        }
        var column = builder.View().Columns[0];
        foreach (var with in values)
        {
            var bits = new ulong[3];
            RowBits.Set(bits, 0, 210 - 64);
            new NumberKernel<long, NumberTests.Less<long>>(with, isNegated: false, stride: 2).Keep(column, 64, bits);
            for (var row = 64; row < 210; row++) Assert.Equal(values[row % values.Length] < with, Bit(bits, row - 64));
        }
    }

    [Fact]
    public void BitsBecomeOrdinals()
    {
        var bits = new ulong[4];
        var ordinals = new Ordinal[256];
        foreach (var (from, to) in new[] { (0, 0), (0, 1), (0, 64), (3, 70), (64, 256), (255, 256), (1, 255) })
        {
            RowBits.Set(bits, from, to);
            Assert.Equal(from == to, RowBits.None(bits));
            var count = RowBits.ToOrdinals(bits, 1000, ordinals);
            Assert.Equal(Enumerable.Range(1000 + from, to - from), ordinals.Take(count).Select(o => o.Value));
        }
    }

    [Fact]
    public void ABitmapEndsWhereItsBytesDo()
    {
        byte[] bitmap = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
        Assert.Equal(BinaryPrimitives.ReadUInt64LittleEndian(bitmap), RowBits.Word(bitmap, 0));
        Assert.Equal(0x0A09UL, RowBits.Word(bitmap, 1));
        Assert.Equal(0UL, RowBits.Word(bitmap, 2));
    }

    private static void Compare<T>(T[] edges, Func<int, int> next, Action<ColumnBuilder, T> append, PrimitiveType type)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        using var builder = new BatchBuilder(Schema.Of(new Field(1, "n", type, true)), MemoryTag.Scratch, 1 << 20);
        T[] values = [.. Enumerable.Range(0, 200).Select(i => i % 3 == 0 ? edges[i % edges.Length] : T.CreateChecked(next(i)))];
        foreach (var value in values)
        {
            append(builder.Column(0), value);
            Assert.True(builder.EndRow());
        }
        var column = builder.View().Columns[0];
        foreach (var with in edges)
        {
            Check<NumberTests.Equal<T>>((v, w) => v == w);
            Check<NumberTests.Less<T>>((v, w) => v < w);
            Check<NumberTests.LessOrEqual<T>>((v, w) => v <= w);
            Check<NumberTests.Greater<T>>((v, w) => v > w);
            Check<NumberTests.GreaterOrEqual<T>>((v, w) => v >= w);
            Check<NumberTests.NaN<T>>((v, _) => T.IsNaN(v));

            void Check<TTest>(Func<T, T, bool> expected) where TTest : struct, INumberTest<T>
            {
                foreach (var negated in new[] { false, true })
                {
                    var kernel = new NumberKernel<T, TTest>(with, negated);
                    var bits = new ulong[3];
                    RowBits.Set(bits, 1, 200 - 64);
                    kernel.Keep(column, 64, bits);
                    for (var row = 65; row < 200; row++) Assert.Equal(expected(values[row], with) != negated, Bit(bits, row - 64));
                    Assert.False(Bit(bits, 0));
                    Assert.Equal(kernel.TestScalar(values.AsSpan(64)), kernel.Test(in values[64]));
                }
            }
        }
    }

    private static bool Bit(ulong[] bits, int at) => (bits[at / 64] >> (at % 64) & 1) != 0;

    private static string Near(string pattern, Random random) => random.Next(5) switch
    {
        0 => pattern,
        1 => pattern + "x",
        2 when pattern.Length > 0 => pattern[..^1],
        3 when pattern.Length > 0 => pattern[..^1] + "?",
        _ => new string('y', random.Next(pattern.Length + 2)),
    };
}
