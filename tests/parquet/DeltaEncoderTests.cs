namespace K2I.Parquet.Tests;

public unsafe class DeltaEncoderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1000)]
    public void EveryWidthReadsBack(int count)
    {
        var random = new Random(count);
        for (var bits = 0; bits <= 64; bits++)
        {
            var longs = new long[count + 1];
            for (var i = 0; i < count; i++) longs[i] = bits == 0 ? 7 : (long)((ulong)random.NextInt64(long.MinValue, long.MaxValue) >> (64 - bits)) - (bits < 60 ? 5 : 0);
            var ints = Array.ConvertAll(longs, v => (int)v);
            var target = new byte[DeltaEncoder.Bound(count, 8) + 64];
            fixed (byte* start = target)
            fixed (long* source = longs)
            fixed (int* narrow = ints)
            {
                var read = new long[count];
                var end = DeltaEncoder.Encode(source, count, start);
                Assert.True(end - start <= DeltaEncoder.Bound(count, 8));
                var decoder = default(DeltaDecoder);
                decoder.Start(start, end);
                fixed (long* into = read) decoder.Read(into, count);
                Assert.Equal(longs[..count], read);
                Assert.Equal(0, decoder.Left);

                var readNarrow = new int[count];
                end = DeltaEncoder.Encode(narrow, count, start);
                Assert.True(end - start <= DeltaEncoder.Bound(count, 4));
                decoder.Start(start, end);
                fixed (int* into = readNarrow) decoder.Read(into, count);
                Assert.Equal(ints[..count], readNarrow);
            }
        }
    }

    /// <summary>The example of Encodings.md: 1, 2, 3, 4, 5 are a header, a least difference of 1 and widths of 0.</summary>
    [Fact]
    public void OneToFiveTakesNoBitsPerValue()
    {
        var target = new byte[1024];
        var values = new[] { 1, 2, 3, 4, 5 };
        fixed (byte* start = target)
        fixed (int* source = values)
        {
            var end = DeltaEncoder.Encode(source, 5, start);
            Assert.Equal(new byte[] { 0x80, 1, 4, 5, 2, 2, 0, 0, 0, 0 }, target[..(int)(end - start)]);
        }
    }
}
