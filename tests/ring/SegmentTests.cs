using K2I.Memory;

namespace K2I.Ring.Tests;

public sealed class SegmentTests
{
    [Fact]
    public void ReadersSeePublishedRowsOnly()
    {
        using var pool = new SegmentPool(1 << 20);
        var segment = pool.Open().TryOpen(Rows.Numbers, 0)!;
        Assert.True(Rows.Append(segment, 7));
        Assert.Equal(0, segment.PublishedRows);
        segment.Publish();
        Assert.True(Rows.Append(segment, 8));
        Assert.Equal(1, segment.PublishedRows);
        Assert.Equal(7, segment.View().Columns[0].Value<long>(0));
        segment.Seal();
        Assert.Equal([7L, 8L], segment.View().Columns[0].Values<long>().ToArray());
    }

    [Fact]
    public void SegmentsOfATableAreFlushedInAnyOrder()
    {
        using var pool = new SegmentPool(1 << 20);
        var account = pool.Open();
        Segment[] segments = [Rows.Filled(account, 1), Rows.Filled(account, 2), Rows.Filled(account, 3)];
        Assert.Equal([1L, 2L, 3L], segments.Select(s => s.Sequence));
        Rows.Flush(segments[1]);
        Assert.Equal([SegmentState.Sealed, SegmentState.Free, SegmentState.Sealed], segments.Select(s => s.State));
        Assert.Equal(2 * SegmentClasses.Smallest, account.HeldBytes);
        Rows.Flush(segments[2]);
        Rows.Flush(segments[0]);
        Assert.Equal((0, 0), (account.HeldBytes, pool.HeldBytes));
    }

    [Fact]
    public void FlushedRowsStayReadableUntilTheyAreRetired()
    {
        using var pool = new SegmentPool(1 << 20);
        var segment = Rows.Filled(pool.Open(), 7);
        segment.MarkFlushed(0);
        Assert.True(segment.TryLease(out var lease));
        Assert.Equal(7, lease.Segment.View().Columns[0].Value<long>(0));
        lease.Dispose();
        Assert.True(segment.TryRetire());
        Assert.False(segment.TryLease(out _));
    }

    [Theory]
    [InlineData(SegmentClasses.Smallest)]
    [InlineData(1 << 20)]
    public void ALeaseKeepsRetiredRowsBesideTheBudgetUntilItEnds(long bytes)
    {
        using var pool = new SegmentPool(4 << 20);
        var account = pool.Open();
        var segment = Rows.Filled(account, 7, bytes);
        Assert.True(segment.TryLease(out var first));
        Assert.True(segment.TryLease(out var second));
        Rows.Flush(segment);
        Assert.Equal(SegmentState.Retired, segment.State);
        Assert.False(segment.TryLease(out _));
        var other = Rows.Filled(account, 8, bytes);
        first.Dispose();
        Assert.Equal(7, second.Segment.View().Columns[0].Value<long>(0));
        Assert.Equal((bytes, bytes, bytes), (account.HeldBytes, pool.HeldBytes, pool.PinnedBytes));
        second.Dispose();
        Assert.Equal(SegmentState.Free, segment.State);
        Assert.Equal((bytes, 0), (account.HeldBytes, pool.PinnedBytes));
        Rows.Flush(other);
    }

    [Fact]
    public void ALeaseNamesALifeAndNotItsMemory()
    {
        using var pool = new SegmentPool(4 << 20);
        var account = pool.Open();
        var segment = Rows.Filled(account, 7, 1 << 20);
        Rows.Flush(segment);
        var next = Rows.Filled(account, 8, 1 << 20);
        Assert.Same(segment.Memory, next.Memory);
        Assert.NotSame(segment, next);
        Assert.True(next.Sequence > segment.Sequence);
        Assert.False(segment.TryLease(out _));
        Assert.Throws<InvalidOperationException>(() => segment.View(1));
        Assert.Equal(1, next.PublishedRows);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatEndsWithoutAFlushIsDiscarded(bool isSealed)
    {
        using var pool = new SegmentPool(1 << 20);
        var account = pool.Open();
        var segment = account.TryOpen(Rows.Numbers, 0)!;
        Assert.True(Rows.Append(segment, 1));
        if (isSealed) segment.Seal();
        segment.Discard();
        Assert.Equal((SegmentState.Free, 0L), (segment.State, account.HeldBytes));
    }

    [Fact]
    public void StepsOutOfOrderAreBugs()
    {
        using var pool = new SegmentPool(1 << 20);
        var account = pool.Open();
        var segment = account.TryOpen(Rows.Numbers, 0)!;
        Throws(Flushed);
        Assert.False(segment.TryRetire());
        segment.Seal();
        Assert.False(segment.TryRetire());
        segment.MarkFlushed(0);
        Throws(Flushed, segment.Discard);
        Assert.True(segment.TryRetire());
        Assert.False(segment.TryRetire());
        Throws(Flushed, segment.Discard);
        Assert.Equal(0, account.HeldBytes);

        void Flushed() => segment.MarkFlushed(0);

        static void Throws(params Action[] steps)
        {
            foreach (var step in steps) Assert.Throws<InvalidOperationException>(step);
        }
    }

    [Fact]
    public void ALeaseEndsOnce()
    {
        using var pool = new SegmentPool(1 << 20);
        var segment = Rows.Filled(pool.Open(), 7);
        Assert.True(segment.TryLease(out var lease));
        Assert.True(segment.TryLease(out var other));
        lease.Dispose();
        lease.Dispose();
        Rows.Flush(segment);
        Assert.Equal(SegmentState.Retired, segment.State);
        other.Dispose();
        Assert.Equal(SegmentState.Free, segment.State);
    }

    [Theory]
    [InlineData(SegmentClasses.Smallest)]
    [InlineData(1 << 20)]
    public void LeasedRowsOutliveTheirAccountAndTheirPool(long bytes)
    {
        var before = MemoryLedger.Bytes(MemoryTag.Ring);
        var pool = new SegmentPool(4 << 20);
        var account = pool.Open();
        var (first, second) = (Rows.Filled(account, 7, bytes), Rows.Filled(account, 8, bytes));
        var open = account.TryOpen(Rows.Numbers, bytes)!;
        Assert.True(first.TryLease(out var lease));
        account.Dispose();
        account.Dispose();
        Assert.Equal((SegmentState.Retired, SegmentState.Free, SegmentState.Free), (first.State, second.State, open.State));
        Assert.Equal((0, 0, bytes), (account.HeldBytes, pool.HeldBytes, pool.PinnedBytes));
        Assert.Null(account.TryOpen(Rows.Numbers, 0));
        pool.Dispose();
        pool.Dispose();
        Assert.Equal(7, lease.Segment.View().Columns[0].Value<long>(0));
        Assert.True(MemoryLedger.Bytes(MemoryTag.Ring) > before);
        lease.Dispose();
        Assert.Equal((0, before), (pool.PinnedBytes, MemoryLedger.Bytes(MemoryTag.Ring)));
    }
}
