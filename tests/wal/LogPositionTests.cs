namespace K2I.Wal.Tests;

public sealed class LogPositionTests
{
    private static readonly LogPosition Early = new(4096), Late = new(67_108_864);

    [Fact]
    public void PositionsAreOrderedByTheirBytes()
    {
        Assert.True(Early < Late && Early <= Late && Late > Early && Late >= Early && Early <= new LogPosition(4096) && Early >= new LogPosition(4096));
        Assert.False(Late < Early || Late <= Early || Early > Late || Early >= Late);
        Assert.Equal((Early, Late), (LogPosition.Min(Late, Early), LogPosition.Max(Early, Late)));
        Assert.Equal([default, Early, Late], new[] { Late, default, Early }.Order());
    }

    [Fact]
    public void ADifferenceIsBytesAndLeadsBack()
    {
        Assert.Equal(67_104_768, Late - Early);
        Assert.Equal(Late, Early + (Late - Early));
    }

    [Fact]
    public void ItReadsAsItsNumber() => Assert.Equal(("67108864", 67_108_864), ($"{Late}", Late.Bytes));

    [Fact]
    public void WhatIsWrittenForOtherThreadsIsRead()
    {
        LogPosition shared = default;
        LogPosition.Write(ref shared, Late);
        Assert.Equal(Late, LogPosition.Read(in shared));
    }

    /// <summary>Headers on disk hold it as it is.</summary>
    [Fact]
    public void ItIsEightBytes() => Assert.Equal(sizeof(long), System.Runtime.CompilerServices.Unsafe.SizeOf<LogPosition>());
}
