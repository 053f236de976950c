using System.Text;

namespace K2I.Parquet.Tests;

public sealed unsafe class KernelTests
{
    [Fact]
    public void BitsExpandToOneByteEach()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var bits = new byte[random.Next(1, 40)];
            random.NextBytes(bits);
            var start = random.Next(bits.Length * 8);
            var count = random.Next(bits.Length * 8 - start + 1);
            var zero = (byte)random.Next(4);
            var target = new byte[count + 8];
            fixed (byte* from = bits, to = target)
            {
                Bitmap.Expand(from, start, count, zero, to);
                var expected = Enumerable.Range(start, count).Select(i => (byte)(zero + (bits[i >> 3] >> (i & 7) & 1))).ToArray();
                Assert.Equal(expected, target[..count]);
                Assert.Equal(expected.Count(b => b > zero), Bitmap.CountOnes(from, start, count));
            }
        }
    }

    [Fact]
    public void MinAndMaxLeaveOutNan()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var values = Enumerable.Range(0, random.Next(1, 70)).Select(_ => random.Next(4) == 0 ? double.NaN : random.NextDouble() - 0.5).ToArray();
            double min = MinMax<double>.Highest, max = MinMax<double>.Lowest;
            long nans = 0;
            fixed (double* start = values) MinMax<double>.Update(start, values.Length, ref min, ref max, ref nans);
            var numbers = values.Where(v => !double.IsNaN(v)).DefaultIfEmpty(double.PositiveInfinity).ToList();
            Assert.Equal(values.Count(double.IsNaN), nans);
            Assert.Equal(numbers.Min(), min);
            if (nans < values.Length) Assert.Equal(numbers.Max(), max);
            var longs = values.Select(v => BitConverter.DoubleToInt64Bits(v)).ToArray();
            long least = MinMax<long>.Highest, greatest = MinMax<long>.Lowest;
            fixed (long* start = longs) MinMax<long>.Update(start, longs.Length, ref least, ref greatest, ref nans);
            Assert.Equal((longs.Min(), longs.Max()), (least, greatest));
        }
    }

    [Fact]
    public void SnappyDecodesToWhatWasCompressed()
    {
        using var snappy = new SnappyCompressor();
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var text = new StringBuilder();
            while (text.Length < (seed % 10 == 0 ? 300_000 : seed * 40)) text.Append(random.Next(3) == 0 ? new string('x', random.Next(100)) : $"word{random.Next(50)} ");
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            if (seed % 3 == 0) random.NextBytes(bytes);
            var target = new byte[snappy.Bound(bytes.Length)];
            int written;
            fixed (byte* from = bytes, to = target) written = snappy.Compress(from, bytes.Length, to, target.Length);
            Assert.Equal(bytes, Unsnappy(target.AsSpan(0, written)));
            if (seed % 3 != 0 && bytes.Length > 1000) Assert.True(written < bytes.Length / 2);
        }
    }

    private static byte[] Unsnappy(ReadOnlySpan<byte> bytes)
    {
        int at = 0, length = 0;
        for (var shift = 0; ; shift += 7)
        {
            length |= (bytes[at] & 0x7F) << shift;
            if (bytes[at++] < 0x80) break;
        }
        var output = new List<byte>(length);
        while (at < bytes.Length)
        {
            var tag = bytes[at++];
            if ((tag & 3) == 0)
            {
                var count = tag >> 2;
                if (count >= 60)
                {
                    var extra = count - 59;
                    count = 0;
                    for (var i = 0; i < extra; i++) count |= bytes[at++] << 8 * i;
                }
                output.AddRange(bytes.Slice(at, ++count));
                at += count;
                continue;
            }
            var (copy, offset) = (tag & 3) == 1 ? ((tag >> 2 & 7) + 4, tag >> 5 << 8 | bytes[at]) : ((tag >> 2) + 1, bytes[at] | bytes[at + 1] << 8);
            at += tag & 3;
            Assert.InRange(offset, 1, output.Count);
            for (var i = 0; i < copy; i++) output.Add(output[^offset]);
        }
        Assert.Equal(length, output.Count);
        return [.. output];
    }
}
