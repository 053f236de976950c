using K2I.Memory;

namespace K2I.Ring.Tests;

/// <summary>Readers lease what a writer and a flusher reuse as fast as they can.</summary>
public sealed class LeaseStressTests
{
    private const int Rounds = 4_000;

    [Theory]
    [InlineData(SegmentClasses.Smallest)]
    [InlineData(64 << 10)]
    public void ReadersSeeTheRowsOfTheLifeTheyLeased(long bytes)
    {
        var (bad, read) = Run(bytes, keepsLease: true);
        Assert.Equal(0, bad);
        Assert.True(read > 0);
    }

    /// <summary>The wrong twin: it ends its lease before it reads. That the run above would see it is what makes it a test.</summary>
    [Theory]
    [InlineData(SegmentClasses.Smallest)]
    [InlineData(64 << 10)]
    public void AReaderWithoutItsLeaseSeesOtherRows(long bytes) => Assert.True(Run(bytes, keepsLease: false).Bad > 0);

    /// <summary>Accounts open and close, each with its writer, while readers lease from all: leased rows are right, all is freed.</summary>
    [Fact]
    public void TablesComeAndGoUnderReadersAndNothingIsLeft()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Ring);
        var pool = new SegmentPool(2 << 20);
        var shown = new Segment?[3];
        var (bad, read, running) = (0, 0L, shown.Length);
        Thread[] threads =
        [
            .. Enumerable.Range(0, shown.Length).Select(table => new Thread(() => Write(table))),
            .. Enumerable.Range(0, 2).Select(_ => new Thread(Read)),
        ];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.Equal(0, bad);
        Assert.True(read > 0);
        Assert.Equal(0, pool.HeldBytes);
        pool.Dispose();
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Ring));

        void Write(int table)
        {
            var random = new Random(table);
            for (var round = 0; round < 300; round++)
            {
                using var account = pool.Open();
                for (var i = random.Next(5); i >= 0; i--)
                {
                    if (account.TryOpen(Rows.Numbers, SegmentClasses.Smallest << (2 * random.Next(3))) is not { } segment) break;
                    for (var n = 0; n < 500; n++) Assert.True(Rows.Append(segment, segment.Sequence));
                    segment.Publish();
                    Volatile.Write(ref shown[table], segment);
                    // Some are left to the account's end, open or sealed.
                    if (random.Next(3) == 0) continue;
                    segment.Seal();
                    if (random.Next(2) == 0) Rows.Flush(segment);
                }
            }
            Interlocked.Decrement(ref running);
        }

        void Read()
        {
            while (Volatile.Read(ref running) > 0)
            {
                foreach (ref var place in shown.AsSpan())
                {
                    if (Volatile.Read(ref place) is not { } segment || !segment.TryLease(out var lease)) continue;
                    using (lease)
                    {
                        foreach (var value in segment.View().Columns[0].Values<long>())
                            if (value != segment.Sequence) Interlocked.Increment(ref bad);
                        Interlocked.Increment(ref read);
                    }
                }
            }
        }
    }

    /// <summary>Every life holds its sequence as its rows' values, and more of them the longer it is open.</summary>
    private static (int Bad, int Read) Run(long bytes, bool keepsLease)
    {
        var before = MemoryLedger.Bytes(MemoryTag.Ring);
        var pool = new SegmentPool(1 << 20);
        var account = pool.Open();
        var current = account.TryOpen(Rows.Numbers, bytes)!;
        Assert.Equal(bytes, current.BudgetBytes);
        var (bad, read, done) = (0, 0, 0);
        var readers = Enumerable.Range(0, 2).Select(_ => new Thread(Read)).ToArray();
        foreach (var reader in readers) reader.Start();
        for (var round = 0; round < Rounds || (!keepsLease && Volatile.Read(ref bad) == 0 && round < 100 * Rounds); round++)
        {
            var segment = current;
            for (var i = 0; i < 1_000; i++)
            {
                Assert.True(Rows.Append(segment, segment.Sequence));
                if (i % 100 == 0) segment.Publish();
            }
            segment.Seal();
            if (round % 3 == 0) segment.Discard();
            else Rows.Flush(segment);
            Segment? next;
            while ((next = account.TryOpen(Rows.Numbers, bytes)) is null) Thread.Yield();
            Volatile.Write(ref current, next);
        }
        Volatile.Write(ref done, 1);
        foreach (var reader in readers) reader.Join();
        pool.Dispose();
        Assert.Equal(0, pool.HeldBytes);
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Ring));
        return (bad, read);

        void Read()
        {
            while (Volatile.Read(ref done) == 0)
            {
                var segment = Volatile.Read(ref current);
                if (!segment.TryLease(out var lease)) continue;
                var count = segment.PublishedRows;
                var values = segment.View(count).Columns[0].Values<long>();
                if (!keepsLease)
                {
                    lease.Dispose();
                    // Until its memory may be another's, which stays mapped while the account is open.
                    while (segment.State != SegmentState.Free && Volatile.Read(ref done) == 0) Thread.Yield();
                }
                for (var i = 0; i < count; i++)
                    if (values[i] != segment.Sequence) Interlocked.Increment(ref bad);
                Interlocked.Add(ref read, count);
                lease.Dispose();
            }
        }
    }
}
