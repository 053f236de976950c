namespace K2I.Pipeline.Tests;

public sealed class MemorySharesTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void AllSharesTogetherNeverExceedTheTablesPart()
    {
        for (var part = EngineOptions.LeastTableMemoryBytes; part < 64 << 30; part = part * 9 / 8 + 12_345)
        {
            var shares = MemoryShares.Of(part);
            Assert.InRange(shares.RingBytes + shares.FetchBytes * MemoryShares.FetchFactor + shares.RowGroupBytes, 1, part - part / 8);
        }
    }

    [Theory]
    [InlineData(EngineOptions.LeastTableMemoryBytes)]
    [InlineData(6 * MiB)]
    [InlineData(8 * MiB)]
    [InlineData(512 * MiB)]
    public void EachShareIsLargeEnoughToWork(long part)
    {
        var shares = MemoryShares.Of(part);
        Assert.True(shares is { RingBytes: >= (int)MiB, FetchBytes: >= (int)MiB, RowGroupBytes: >= (int)MiB }, $"{shares}");
    }

    [Fact]
    public void OrdinarilyTheRingHasFiveEighths() => Assert.Equal(new(320 * MiB, 32 * MiB, 64 * MiB), MemoryShares.Of(512 * MiB));
}
