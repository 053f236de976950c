using K2I.Columns;
using K2I.Memory;

namespace K2I.Ring.Tests;

public sealed class SegmentRingTests
{
    private static readonly Schema Numbers = Schema.Of(new Field(1, "n", PrimitiveType.Long, true));

    [Fact]
    public void FullRingRefusesToOpenAndFreesInOrder()
    {
        using var ring = new SegmentRing(1 << 20);
        for (var i = 0; i < ring.Segments.Count; i++) Fill(ring, i);
        Assert.False(ring.TryOpen(Numbers));
        Assert.Equal(ring.Segments.Count, ring.Waiting);

        var first = ring.TryTakeSealed()!;
        ring.Release(first);
        Assert.True(ring.TryOpen(Numbers));
        Assert.Same(first, ring.Current);
        Assert.Equal(0, first.PublishedRows);
    }

    [Fact]
    public void ReadersSeePublishedRowsOnly()
    {
        using var ring = new SegmentRing(1 << 20);
        Assert.True(ring.TryOpen(Numbers));
        var segment = ring.Current!;
        Append(segment, 7);
        Assert.Equal(0, segment.PublishedRows);
        segment.Publish();
        Append(segment, 8);
        Assert.Equal(1, segment.PublishedRows);
        Assert.Equal(7, segment.View().Columns[0].Value<long>(0));
    }

    [Fact]
    public void LeaseKeepsARetiredSegmentFromReuse()
    {
        using var ring = new SegmentRing(1 << 20);
        Fill(ring, 1);
        var segment = ring.Segments[0];
        Assert.True(segment.TryLease(out var lease));
        ring.Release(ring.TryTakeSealed()!);
        Assert.Equal(SegmentState.Retired, segment.State);
        Assert.False(segment.TryLease(out _));
        for (var i = 1; i < ring.Segments.Count; i++) Fill(ring, i);
        Assert.False(ring.TryOpen(Numbers));
        Assert.Equal(1, lease.Segment.View().Columns[0].Value<long>(0));
        lease.Dispose();
        Assert.Equal(SegmentState.Free, segment.State);
        Assert.True(ring.TryOpen(Numbers));
    }

    [Fact]
    public void EmptySegmentIsNotSealedButTakesAnotherSchema()
    {
        using var ring = new SegmentRing(1 << 20);
        Assert.True(ring.TryOpen(Numbers));
        Assert.False(ring.Seal());
        var texts = Schema.Of(new Field(1, "s", PrimitiveType.String, false));
        Assert.True(ring.Reopen(texts));
        ring.Current!.Rows.Column(0).AppendBytes("x"u8);
        Assert.True(ring.Current.Rows.EndRow());
        Assert.True(ring.Seal());
        Assert.Equal(1, ring.Waiting);
    }

    [Fact]
    public void WriterFlusherAndReadersAgreeUnderLoad()
    {
        const int total = 400_000;
        using var ring = new SegmentRing(1 << 20);
        var done = 0;
        var writer = new Thread(() =>
        {
            for (var n = 0L; n < total;)
            {
                if (ring.Current is null && !ring.TryOpen(Numbers))
                {
                    Thread.Yield();
                    continue;
                }
                Append(ring.Current!, n++);
                if (n % 64 == 0) ring.Current!.Publish();
                if (n % 5_000 == 0) ring.Seal();
            }
            ring.Seal();
            Volatile.Write(ref done, 1);
        });
        var badReads = 0;
        var reader = new Thread(() =>
        {
            while (Volatile.Read(ref done) == 0)
            {
                foreach (var segment in ring.Segments)
                {
                    if (!segment.TryLease(out var lease)) continue;
                    using (lease)
                    {
                        var values = segment.View().Columns[0].Values<long>();
                        for (var i = 1; i < values.Length; i++)
                            if (values[i] != values[i - 1] + 1) badReads++;
                    }
                }
            }
        });
        writer.Start();
        reader.Start();
        var expected = 0L;
        while (expected < total)
        {
            if (ring.TryTakeSealed() is not { } segment)
            {
                Thread.Yield();
                continue;
            }
            foreach (var value in segment.View().Columns[0].Values<long>()) Assert.Equal(expected++, value);
            ring.Release(segment);
        }
        writer.Join();
        reader.Join();
        Assert.Equal(0, badReads);
        Assert.Equal(0, ring.InUse);
    }

    [Fact]
    public void DisposedRingsLeaveNoNativeMemory()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Ring);
        using (var ring = new SegmentRing(4 << 20)) Fill(ring, 1);
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Ring));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1L << 20)]
    [InlineData((1L << 30) + 1)]
    public void ABudgetIsAtLeastEightSegmentsOfAtMost64MiB(long beyondTheLeast)
    {
        using var ring = new SegmentRing((1 << 20) + beyondTheLeast);
        Assert.True(ring.Segments.Count >= 8);
        Assert.True(ring.SegmentBytes <= 64 << 20);
        Assert.True(ring.SegmentBytes * ring.Segments.Count <= ring.BudgetBytes);
    }

    [Fact]
    public void LeasedRowsOutliveTheirRingUntilTheLastLeaseEnds()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Ring);
        SegmentLease first, second;
        using (var ring = new SegmentRing(1 << 20))
        {
            Fill(ring, 7);
            Fill(ring, 8);
            Assert.True(ring.Segments[0].TryLease(out first));
            Assert.True(ring.Segments[0].TryLease(out second));
        }
        Assert.False(first.Segment.TryLease(out _));
        first.Dispose();
        Assert.Equal(7, second.Segment.View().Columns[0].Value<long>(0));
        Assert.True(MemoryLedger.Bytes(MemoryTag.Ring) > before);
        second.Dispose();
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Ring));
    }

    [Fact]
    public void ARetiredSegmentThatIsLeasedOutlivesItsRingToo()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Ring);
        var ring = new SegmentRing(1 << 20);
        Fill(ring, 7);
        Assert.True(ring.Segments[0].TryLease(out var lease));
        ring.Release(ring.TryTakeSealed()!);
        ring.Dispose();
        Assert.Equal(7, lease.Segment.View().Columns[0].Value<long>(0));
        lease.Dispose();
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Ring));
        ring.Dispose();
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Ring));
    }

    /// <summary>Readers take and end leases while the ring ends: each reads its rows, or gets no lease, and no memory is left.</summary>
    [Fact]
    public void ARingThatEndsUnderItsReadersFreesAllOfItOnce()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Ring);
        var badReads = 0;
        for (var round = 0; round < 200; round++)
        {
            var ring = new SegmentRing(1 << 20);
            Fill(ring, round);
            using var ready = new CountdownEvent(2);
            var readers = Enumerable.Range(0, 2).Select(_ => new Thread(() => Read(ring.Segments[0], round))).ToArray();
            foreach (var reader in readers) reader.Start();
            ready.Wait();
            ring.Dispose();
            foreach (var reader in readers) reader.Join();

            void Read(Segment segment, long value)
            {
                for (var n = 0; segment.TryLease(out var lease); n++)
                {
                    if (n == 0) ready.Signal();
                    if (lease.Segment.View().Columns[0].Value<long>(0) != value) Interlocked.Increment(ref badReads);
                    lease.Dispose();
                }
            }
        }
        Assert.Equal(0, badReads);
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Ring));
    }

    private static void Fill(SegmentRing ring, long value)
    {
        Assert.True(ring.TryOpen(Numbers));
        Append(ring.Current!, value);
        Assert.True(ring.Seal());
    }

    private static void Append(Segment segment, long value)
    {
        segment.Rows.Column(0).AppendLong(value);
        Assert.True(segment.Rows.EndRow());
    }
}
