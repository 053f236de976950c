namespace K2I.Base.Tests;

public sealed class OffsetTests
{
    [Fact]
    public void OffsetsAreInTheOrderOfTheirNumbersAndNoneIsBelowAll()
    {
        Offset[] sorted = [.. new[] { new Offset(7), Offset.End, new(0), Offset.None, Offset.Beginning, new(long.MaxValue) }.Order()];
        Assert.Equal([Offset.None, Offset.Beginning, Offset.End, new(0), new(7), new(long.MaxValue)], sorted);
        Offset three = new(3), four = new(4);
        Assert.True(three < four && four > three && three <= four && four >= three && four <= new Offset(4) && four >= new Offset(4));
        Assert.False(four < three || three > four || four <= three || three >= four);
        Assert.Equal((three, four), (Offset.Min(four, three), Offset.Max(three, four)));
    }

    [Fact]
    public void AnOffsetMovesByANumberOfOffsetsAndTwoDifferByOne()
    {
        Assert.Equal(new Offset(42), new Offset(40) + 2);
        Assert.Equal(new Offset(41), new Offset(40).Next);
        Assert.Equal(-2, new Offset(40) - new Offset(42));
    }

    [Fact]
    public void AWordIsNoNumberAndIsWhatKafkasClientsTakeItFor()
    {
        Assert.Equal((-2, -1, -1001), (Offset.Beginning.Value, Offset.End.Value, Offset.None.Value));
        Assert.False(Offset.Beginning.IsNumber || Offset.End.IsNumber || Offset.None.IsNumber);
        Assert.True(default(Offset).IsNumber);
        Assert.Equal("beginning end none 1234567", $"{Offset.Beginning} {Offset.End} {Offset.None} {new Offset(1_234_567)}");
    }

    [Fact]
    public void AnotherThreadReadsWhatWasWritten()
    {
        var shared = Offset.None;
        Offset.Write(ref shared, new(9));
        Assert.Equal(new Offset(9), Offset.Read(in shared));
    }

    /// <summary>Frames and librdkafka's structs hold it as it is.</summary>
    [Fact]
    public void ItIsEightBytes() => Assert.Equal(sizeof(long), System.Runtime.CompilerServices.Unsafe.SizeOf<Offset>());
}
