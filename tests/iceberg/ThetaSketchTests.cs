using System.Text;

namespace K2I.Iceberg.Tests;

/// <summary>Sketches count distinct values as DataSketches does, alone and put together.</summary>
public sealed class ThetaSketchTests
{
    [Theory]
    [InlineData(1L, 0x5a186bdcb7df915UL)]
    [InlineData(2L, 0x1e9d708112fc97c3UL)]
    [InlineData(34L, 0x29362986d743b9d5UL)]
    public void NumbersHashAsOthersHashThem(long value, ulong hash) =>
        Assert.Equal(hash, ThetaSketchBuilder.HashOf(SingleValue.OfLong(value)));

    [Theory]
    [InlineData("a", 0x7b010785521dc117UL)]
    [InlineData("iceberg", 0x32e42766a92e119UL)]
    public void TextHashesAsOthersHashIt(string value, ulong hash) =>
        Assert.Equal(hash, ThetaSketchBuilder.HashOf(Encoding.UTF8.GetBytes(value)));

    [Fact]
    public void FormsAreThoseOfCompactSketches()
    {
        const string head = "030300";
        var sketch = new ThetaSketchBuilder();
        Assert.Equal("01" + head + "001ECC93", Convert.ToHexString(sketch.ToBytes()));
        sketch.Add([]);
        Assert.Equal(0, sketch.Estimate);
        sketch.Add(SingleValue.OfLong(1));
        Assert.Equal("01" + head + "003ACC93" + "15F97DCBBD86A105", Convert.ToHexString(sketch.ToBytes()));
        sketch.Add(SingleValue.OfLong(1));
        sketch.Add(SingleValue.OfLong(2));
        Assert.Equal("02" + head + "001ACC93" + "020000000000803F" + "15F97DCBBD86A105" + "C397FC1281709D1E",
            Convert.ToHexString(sketch.ToBytes()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    public void AnEstimateIsCloseAndWhatTheReaderSays(int distinct)
    {
        var sketch = Of(0, distinct);
        Assert.InRange(sketch.Estimate, distinct * 0.95, distinct * 1.05);
        if (distinct <= ThetaSketchBuilder.Nominal) Assert.Equal(distinct, sketch.Estimate);
        Assert.Equal(sketch.Estimate, (long)Math.Round(ThetaSketch.Estimate(sketch.ToBytes(), "test")));
    }

    [Theory]
    [InlineData(100, 50, 200)]
    [InlineData(3_000, 2_000, 8_000)]
    [InlineData(100_000, 50_000, 150_000)]
    [InlineData(100_000, 99_999, 100_010)]
    [InlineData(0, 0, 100_000)]
    public void PartsPutTogetherCountAsTheWhole(int firstTo, int secondFrom, int secondTo)
    {
        var whole = Of(0, secondTo);
        var parts = Of(0, firstTo);
        Assert.True(parts.TryAdd(Of(secondFrom, secondTo).ToBytes()));
        Assert.InRange(parts.Estimate, whole.Estimate * 0.95, whole.Estimate * 1.05);
        var again = new ThetaSketchBuilder();
        Assert.True(again.TryAdd(parts.ToBytes()));
        Assert.Equal(parts.ToBytes(), again.ToBytes());
    }

    [Fact]
    public void BytesThatAreNoSketchAreRefusedAndChangeNothing()
    {
        var good = Of(0, 10_000).ToBytes();
        for (var at = 0; at < 24; at++)
        {
            foreach (var change in (byte[])[0x01, 0x80, 0xFF])
            {
                var bad = (byte[])good.Clone();
                bad[at] ^= change;
                var sketch = Of(0, 5);
                if (!sketch.TryAdd(bad)) Assert.Equal(5, sketch.Estimate);
            }
        }
        for (var length = 0; length < good.Length; length += 7) Assert.False(Of(0, 5).TryAdd(good.AsSpan(0, length)));
    }

    private static ThetaSketchBuilder Of(int from, int to)
    {
        var sketch = new ThetaSketchBuilder();
        for (var value = from; value < to; value++) sketch.Add(SingleValue.OfLong(value));
        return sketch;
    }
}
