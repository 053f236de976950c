namespace K2I.Ring.Tests;

public sealed class FlushedSegmentTests
{
    private const long MiB = 1 << 20;

    [Fact]
    public void TheirAccountIsChargedNoLongerAndTheyStayReadable()
    {
        using var pool = new SegmentPool(5 * MiB);
        var account = pool.Open();
        var segment = Rows.Filled(account, 7, MiB);
        segment.MarkFlushed(0);
        Assert.Equal((0, 0, MiB), (account.HeldBytes, pool.HeldBytes, pool.FlushedBytes));
        Assert.True(segment.TryLease(out var lease));
        Assert.Equal(7, lease.Segment.View().Columns[0].Value<long>(0));
        lease.Dispose();
    }

    [Fact]
    public void TheOldestGoFirstWhereRoomIsNeeded()
    {
        using var pool = new SegmentPool(5 * MiB);
        var (account, other) = (pool.Open(), pool.Open());
        var segments = Enumerable.Range(1, 4).Select(i => Rows.Filled(account, i, MiB)).ToArray();
        for (var i = 0; i < 4; i++) segments[i].MarkFlushed(i);
        Assert.Equal(4 * MiB, pool.FlushedBytes);
        for (var i = 0; i < 2; i++) Assert.NotNull(other.TryOpen(Rows.Numbers, MiB));
        Assert.Equal([SegmentState.Free, SegmentState.Flushed, SegmentState.Flushed, SegmentState.Flushed], segments.Select(s => s.State));
        Assert.Equal((2 * MiB, 3 * MiB), (pool.HeldBytes, pool.FlushedBytes));
    }

    [Fact]
    public void TheMemoryOfTheOldestIsUsedAgainByTheSameTable()
    {
        using var pool = new SegmentPool(5 * MiB);
        var account = pool.Open();
        var segments = Enumerable.Range(1, 4).Select(i => Rows.Filled(account, i, MiB)).ToArray();
        foreach (var segment in segments) segment.MarkFlushed(0);
        Assert.NotSame(segments[0].Memory, account.TryOpen(Rows.Numbers, MiB)!.Memory);
        Assert.Same(segments[0].Memory, account.TryOpen(Rows.Numbers, MiB)!.Memory);
    }

    [Fact]
    public void TheyGoWhenTheirTimeIsUp()
    {
        using var pool = new SegmentPool(5 * MiB);
        var account = pool.Open();
        var (first, second) = (Rows.Filled(account, 1, MiB), Rows.Filled(account, 2, MiB));
        first.MarkFlushed(1_000);
        second.MarkFlushed(2_000);
        pool.RetireFlushed(1_000);
        Assert.Equal((SegmentState.Flushed, SegmentState.Flushed), (first.State, second.State));
        pool.RetireFlushed(1_001);
        Assert.Equal((SegmentState.Free, SegmentState.Flushed), (first.State, second.State));
    }

    [Fact]
    public void AReaderThatHoldsThemTakesNoRoomFromWriters()
    {
        using var pool = new SegmentPool(5 * MiB);
        var (account, other) = (pool.Open(), pool.Open());
        var pinned = new List<long>();
        pool.OnPinned = () => pinned.Add(pool.PinnedBytes);
        var segments = Enumerable.Range(1, 4).Select(i => Rows.Filled(account, i, MiB)).ToArray();
        var leases = new List<SegmentLease>();
        foreach (var segment in segments)
        {
            segment.MarkFlushed(0);
            Assert.True(segment.TryLease(out var lease));
            leases.Add(lease);
        }
        var next = Enumerable.Range(0, 4).Select(_ => other.TryOpen(Rows.Numbers, MiB)).ToArray();
        Assert.DoesNotContain(null, next);
        Assert.Equal((4 * MiB, 0, 4 * MiB), (pool.HeldBytes, pool.FlushedBytes, pool.PinnedBytes));
        // Two segments are retired ahead of the one whose room is needed.
        Assert.Equal([3 * MiB, 4 * MiB, 4 * MiB], pinned);
        foreach (var lease in leases) Assert.Equal(1, lease.Segment.View().Rows);
        foreach (var lease in leases.ToArray()) lease.Dispose();
        Assert.Equal((0, SegmentState.Free), (pool.PinnedBytes, segments[0].State));
    }

    /// <summary>Each segment is leased when its room is wanted: writers go on in memory that readers have left.</summary>
    [Fact]
    public void WhatReadersLeaveServesWriters()
    {
        using var pool = new SegmentPool(8 * MiB);
        var account = pool.Open();
        var memories = new HashSet<SegmentMemory>();
        var read = new Queue<SegmentLease>();
        for (var i = 0; i < 60; i++)
        {
            var segment = Rows.Filled(account, i, MiB);
            memories.Add(segment.Memory);
            segment.MarkFlushed(i);
            Assert.True(segment.TryLease(out var lease));
            read.Enqueue(lease);
            // A reader leaves it after it was retired.
            if (read.Count > 8) read.Dequeue().Dispose();
        }
        Assert.InRange(memories.Count, 8, 10);
        while (read.TryDequeue(out var lease)) lease.Dispose();
        Assert.Equal(0, pool.PinnedBytes);
    }

    /// <summary>Tables end while others open segments for which theirs must go: nobody waits for who waits for him.</summary>
    [Fact]
    public void TheirAccountsEndWhileTheirRoomIsWanted()
    {
        using var pool = new SegmentPool(4 * MiB);
        using var busy = pool.Open();
        var opened = 0;
        var isOver = false;
        var opener = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                if (busy.TryOpen(Rows.Numbers, MiB) is not { } segment) continue;
                opened++;
                segment.Discard();
            }
        });
        opener.Start();
        for (var i = 0; i < 20_000; i++)
        {
            var account = pool.Open();
            for (var n = 0; n < 3; n++)
            {
                if (account.TryOpen(Rows.Numbers, MiB) is not { } segment) continue;
                segment.Seal();
                segment.MarkFlushed(i);
            }
            account.Dispose();
        }
        Volatile.Write(ref isOver, true);
        opener.Join();
        Assert.True(opened > 0);
        Assert.Equal((0, 0), (pool.HeldBytes, pool.FlushedBytes));
    }

    [Fact]
    public void TheyEndWithTheirAccount()
    {
        using var pool = new SegmentPool(5 * MiB);
        var account = pool.Open();
        var segment = Rows.Filled(account, 1, MiB);
        segment.MarkFlushed(0);
        account.Dispose();
        Assert.Equal((SegmentState.Free, 0), (segment.State, pool.FlushedBytes));
    }
}
