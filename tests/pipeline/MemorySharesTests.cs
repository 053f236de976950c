namespace K2I.Pipeline.Tests;

public sealed class MemorySharesTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void AllSharesTogetherNeverExceedTheWhole()
    {
        for (var lanes = 1; lanes <= 64; lanes *= 2)
        {
            for (var encoders = 1; encoders <= 8; encoders *= 2)
            {
                for (var bytes = EngineOptions.LeastMemoryBytes * lanes; bytes < 64 << 30; bytes = bytes * 9 / 8 + 12_345)
                {
                    var shares = MemoryShares.Of(bytes, lanes, encoders);
                    Assert.InRange(shares.Encoders, 1, encoders);
                    Assert.True(shares is { PoolBytes: >= MiB, LaneFetchBytes: >= MiB, RowGroupBytes: >= MiB },
                        $"{bytes} for {lanes} lanes, {encoders} encoders: {shares}");
                    Assert.InRange(
            shares.PoolBytes + (shares.LaneFetchBytes * MemoryShares.FetchFactor * lanes) + (shares.RowGroupBytes * shares.Encoders),
            1, bytes - (bytes / 8));
                }
            }
        }
    }

    [Fact]
    public void OrdinarilyThePoolHasFiveEighths() => Assert.Equal(new(320 * MiB, 16 * MiB, 32 * MiB, 2), MemoryShares.Of(512 * MiB, 2, 2));
}
