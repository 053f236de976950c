namespace K2I.Ring.Tests;

public sealed class SegmentGrowthTests
{
    private const long KiB = 1 << 10, MiB = 1 << 20;

    [Theory]
    [InlineData(16 * KiB, 15 * KiB, true, 64 * KiB)]
    [InlineData(64 * KiB, 9 * KiB, true, 256 * KiB)] // one text column was full, or a row did not fit
    [InlineData(4 * MiB, 4 * MiB, true, 16 * MiB)]
    [InlineData(16 * MiB, 16 * MiB, true, 16 * MiB)]
    [InlineData(16 * MiB, 0, true, 64 * MiB)] // a row did not fit an empty one
    [InlineData(64 * MiB, 0, true, 64 * MiB)]
    [InlineData(64 * MiB, 64 * MiB, true, 16 * MiB)]
    [InlineData(1 * MiB, 512 * KiB, false, 1 * MiB)]
    [InlineData(1 * MiB, 129 * KiB, false, 1 * MiB)]
    [InlineData(1 * MiB, 128 * KiB, false, 256 * KiB)]
    [InlineData(16 * KiB, 0, false, 16 * KiB)]
    public void TheNextClassFollowsHowTheLastSegmentEnded(long bytes, long used, bool full, long wanted) =>
        Assert.Equal(wanted, SegmentGrowth.After(bytes, used, full).WantedBytes);

    [Fact]
    public void ATableBeginsSmallAndGrowsByFiveFullSegments()
    {
        var growth = SegmentGrowth.Start;
        Assert.Equal(SegmentClasses.Smallest, growth.WantedBytes);
        for (var i = 0; i < 5; i++) growth = SegmentGrowth.After(growth.WantedBytes, growth.WantedBytes, true);
        Assert.Equal(SegmentClasses.Usual, growth.WantedBytes);
    }

    [Theory]
    [InlineData(0, 16 * KiB)]
    [InlineData(64 * KiB - 1, 16 * KiB)]
    [InlineData(64 * KiB, 64 * KiB)]
    [InlineData(long.MaxValue, 64 * MiB)]
    public void AClassIsAtMostWhatIsAskedFor(long bytes, long expected) => Assert.Equal(expected, SegmentClasses.AtMost(bytes));
}
