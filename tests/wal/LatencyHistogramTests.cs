namespace K2I.Wal.Tests;

public sealed class LatencyHistogramTests
{
    [Fact]
    public void QuantilesAreRightToAnEighth()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(0, histogram.Quantile(0.5));
        for (var us = 1; us <= 10_000; us++) histogram.Add(us);
        Assert.InRange(histogram.Quantile(0.5), 5_000, 5_000 * 1.13);
        Assert.InRange(histogram.Quantile(0.99), 9_900, 10_000);
        Assert.Equal(10_000, histogram.Quantile(1));
        Assert.Equal((10_000, 10_000, 50_005_000), (histogram.Count, histogram.MaxUs, histogram.SumUs));
        Assert.Equal(1_023, histogram.CountUpTo(1_024));
        Assert.Equal(0, histogram.CountUpTo(0.5));
    }

    [Fact]
    public void AnyTimeHasABucket()
    {
        var histogram = new LatencyHistogram();
        foreach (var us in new[] { -5, 0, 7, 8, 15, 16, uint.MaxValue, long.MaxValue }) histogram.Add(us);
        Assert.Equal(8, histogram.Count);
        Assert.Equal(8, histogram.CountUpTo(1e12));
    }
}
