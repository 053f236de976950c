namespace K2I.Parquet.Tests;

public sealed unsafe class HybridEncoderTests
{
    [Fact]
    public void GoldenRunsAndGroups()
    {
        // 9 ones of width 1: too short for a run of its own, two packed groups.
        Assert.Equal([0x05, 0xFF, 0x01], Levels([1, 1, 1, 1, 1, 1, 1, 1, 1], 1));
        // 100 ones: one run; header 100 << 1 as a varint, then the value.
        Assert.Equal([0xC8, 0x01, 0x01], Levels([.. Enumerable.Repeat((byte)1, 100)], 1));
        // 0 to 7 in three bits, as in the format's document.
        Assert.Equal([0x03, 0x88, 0xC6, 0xFA], Levels([0, 1, 2, 3, 4, 5, 6, 7], 3));
        Assert.Equal([0x03, 0x88, 0xC6, 0xFA], Indices([0, 1, 2, 3, 4, 5, 6, 7], 3));
    }

    [Fact]
    public void WhatIsEncodedDecodesToTheSameLevels()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var width = random.Next(1, 9);
            var values = Runs(random, random.Next(0, 600), width);
            var bytes = Levels([.. values.Select(v => (byte)v)], width);
            Assert.Equal(values, Decode(bytes, width, values.Length));
        }
    }

    [Fact]
    public void WhatIsEncodedDecodesToTheSameIndices()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var width = random.Next(1, 33);
            var values = Runs(random, random.Next(0, 600), width);
            var bytes = Indices(values, width);
            Assert.True(bytes.Length <= HybridEncoder.Bound(values.Length, width) - 16, $"seed {seed}");
            Assert.Equal(values, Decode(bytes, width, values.Length));
        }
    }

    private static uint[] Runs(Random random, int count, int width)
    {
        var values = new List<uint>();
        while (values.Count < count)
        {
            var value = (uint)(random.NextInt64() & ((1L << width) - 1));
            values.AddRange(Enumerable.Repeat(value, random.Next(3) == 0 ? random.Next(1, 120) : 1));
        }
        return [.. values.Take(count)];
    }

    private static byte[] Levels(byte[] values, int width)
    {
        var padded = new byte[values.Length + 8];
        values.CopyTo(padded, 0);
        var target = new byte[HybridEncoder.Bound(values.Length, width)];
        fixed (byte* source = padded, start = target)
            return target[..(int)(HybridEncoder.EncodeLevels(source, values.Length, width, start) - start)];
    }

    private static byte[] Indices(uint[] values, int width)
    {
        var target = new byte[HybridEncoder.Bound(values.Length, width)];
        fixed (uint* source = values)
        fixed (byte* start = target)
            return target[..(int)(HybridEncoder.EncodeIndices(source, values.Length, width, start) - start)];
    }

    internal static uint[] Decode(ReadOnlySpan<byte> bytes, int width, int count)
    {
        var values = new List<uint>();
        var at = 0;
        while (at < bytes.Length)
        {
            ulong header = 0;
            for (var shift = 0; ; shift += 7)
            {
                header |= (ulong)(bytes[at] & 0x7F) << shift;
                if (bytes[at++] < 0x80) break;
            }
            if ((header & 1) == 0)
            {
                uint value = 0;
                for (var i = 0; i < (width + 7) / 8; i++) value |= (uint)bytes[at++] << 8 * i;
                values.AddRange(Enumerable.Repeat(value, (int)(header >> 1)));
                continue;
            }
            var groups = (int)(header >> 1);
            for (var i = 0; i < groups * 8; i++)
            {
                uint value = 0;
                for (var bit = 0; bit < width; bit++)
                {
                    var position = i * width + bit;
                    value |= (uint)(bytes[at + position / 8] >> position % 8 & 1) << bit;
                }
                values.Add(value);
            }
            at += groups * width;
        }
        Assert.True(values.Count >= count && values.Count < count + 8 && values.Skip(count).All(v => v == 0), "padding");
        return [.. values.Take(count)];
    }
}
