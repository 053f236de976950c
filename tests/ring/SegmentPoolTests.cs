using System.Text;
using K2I.Base;
using K2I.Columns;
using K2I.Memory;

namespace K2I.Ring.Tests;

public sealed class SegmentPoolTests
{
    private const long KiB = 1 << 10, MiB = 1 << 20;

    [Fact]
    public void ABusyTableTakesMostAndLeavesAnEighth()
    {
        using var pool = new SegmentPool(8 * MiB);
        var busy = pool.Open();
        Fill(busy, 1 * MiB);
        Assert.Equal(7 * MiB, busy.HeldBytes);
        Assert.Null(busy.TryOpen(Rows.Numbers, 0));
    }

    /// <summary>Held by: the one who asks, one other; of 8 MiB. What it gets when it asks for 1 MiB.</summary>
    [Theory]
    [InlineData(0, 0, 1 * MiB)]
    [InlineData(0, 7 * MiB, 256 * KiB)] // within its share: half of what is left
    [InlineData(256 * KiB, 6 * MiB, 256 * KiB)]
    [InlineData(4 * MiB, 3 * MiB, 0)] // above its share: the eighth is not for it
    [InlineData(3 * MiB, 3 * MiB, 1 * MiB)] // above its share, but more than an eighth is left
    [InlineData(2 * MiB, 5 * MiB, 256 * KiB)] // just within
    public void WhoHoldsMoreThanItsShareIsRefusedFirst(long held, long others, long expected)
    {
        using var pool = new SegmentPool(8 * MiB);
        var (account, other) = (pool.Open(), pool.Open());
        // Turn by turn, so that neither is held back on the way.
        while (account.HeldBytes < held || other.HeldBytes < others)
        {
            if (account.HeldBytes < held) Assert.NotNull(account.TryOpen(Rows.Numbers, Math.Min(MiB, held - account.HeldBytes)));
            if (other.HeldBytes < others) Assert.NotNull(other.TryOpen(Rows.Numbers, MiB));
        }
        Assert.Equal((held, others), (account.HeldBytes, other.HeldBytes));
        Assert.Equal(expected, account.TryOpen(Rows.Numbers, MiB)?.BudgetBytes ?? 0);
    }

    [Fact]
    public void AFullPoolStarvesNoneOfAThousandQuietTables()
    {
        using var pool = new SegmentPool(320 * MiB);
        var busy = pool.Open();
        Fill(busy, SegmentClasses.Largest);
        Assert.True(busy.HeldBytes >= 256 * MiB);
        for (var i = 0; i < 1_000; i++) Assert.NotNull(pool.Open().TryOpen(Rows.Events, SegmentGrowth.Start.WantedBytes));
        Assert.Null(busy.TryOpen(Rows.Events, 0));
        Assert.True(pool.HeldBytes <= pool.BudgetBytes);
    }

    [Fact]
    public void WhatOneGivesBackAnotherMayTake()
    {
        using var pool = new SegmentPool(8 * MiB);
        var (first, second) = (pool.Open(), pool.Open());
        var segments = Fill(first, 1 * MiB);
        foreach (var segment in segments) segment.Discard();
        Assert.Equal(0, pool.HeldBytes);
        Fill(second, 1 * MiB);
        Assert.Equal((0, 7 * MiB), (first.HeldBytes, second.HeldBytes));
    }

    [Fact]
    public void ALargerClassIsGivenWhereTheColumnsNeedIt()
    {
        using var pool = new SegmentPool(8 * MiB);
        var wide = Rows.Wide(200);
        var segment = pool.Open().TryOpen(wide, 0)!;
        Assert.Equal(64 * KiB, segment.BudgetBytes);
        Assert.True(Rows.AppendEvent(segment, 1, "text"u8));

        var error = Assert.Throws<EngineException>(() => pool.Open().TryOpen(Rows.Wide(20_000), 0));
        Assert.Equal(ErrorKind.Full, error.Kind);
    }

    [Fact]
    public void ARowThatIsTooLargeForAClassFitsALargerOne()
    {
        using var pool = new SegmentPool(64 * MiB);
        var account = pool.Open();
        var text = new byte[100_000];
        var (growth, tried) = (SegmentGrowth.Start, 0);
        while (true)
        {
            var segment = account.TryOpen(Rows.Events, growth.WantedBytes)!;
            if (Rows.AppendEvent(segment, 1, text))
            {
                Assert.Equal(4 * MiB, segment.BudgetBytes);
                break;
            }
            tried++;
            Assert.Equal(0, segment.Rows.Rows);
            growth = SegmentGrowth.After(segment.BudgetBytes, 0, full: true);
            segment.Discard();
        }
        Assert.Equal(4, tried);
    }

    [Fact]
    public void NothingIsLeftOfADisposedPool()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Ring);
        using (var pool = new SegmentPool(64 * MiB))
        {
            foreach (var schema in new[] { Rows.Numbers, Rows.Events })
            {
                var account = pool.Open();
                for (var bytes = SegmentClasses.Smallest; bytes <= 4 * MiB; bytes *= 4)
                {
                    Assert.NotNull(account.TryOpen(schema, bytes));
                    account.TryOpen(schema, bytes)!.Discard();
                }
            }
        }
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Ring));
    }

    [Fact]
    public void WhatOneTableLeavesServesAnotherOfTheSameLayout()
    {
        using var pool = new SegmentPool(64 * MiB);
        long[] classes = [64 * KiB, 4 * MiB];
        var first = pool.Open();
        foreach (var bytes in classes)
        {
            var segment = first.TryOpen(Rows.Events, bytes)!;
            Assert.True(Rows.AppendEvent(segment, 1, "left behind"u8));
            segment.Discard();
        }
        first.Dispose();

        var mapped = MemoryLedger.Bytes(MemoryTag.Ring);
        var renamed = Schema.Of([.. Rows.Events.Fields.Select(f => f with { Name = "other_" + f.Name, Id = f.Id + 10 })]);
        foreach (var bytes in classes)
        {
            var segment = pool.Open().TryOpen(renamed, bytes)!;
            Assert.Equal((bytes, 0), (segment.BudgetBytes, segment.Rows.Rows));
            Assert.Same(renamed, segment.Schema);
            Assert.True(Rows.AppendEvent(segment, 2, "new"u8));
            segment.Seal();
            var rows = segment.View();
            Assert.Equal(renamed.Fields.Select(f => f.Name), rows.Columns.Select(c => c.Field.Name));
            Assert.Equal((2L, "new"), (rows.Columns[0].Value<long>(0), Encoding.UTF8.GetString(rows.Columns[1].Bytes(0))));
        }
        Assert.Equal(mapped, MemoryLedger.Bytes(MemoryTag.Ring));

        // Another layout finds none of it.
        Assert.NotNull(pool.Open().TryOpen(Rows.Numbers, 4 * MiB));
        Assert.True(MemoryLedger.Bytes(MemoryTag.Ring) > mapped);
    }

    private static List<Segment> Fill(PoolAccount account, long bytes)
    {
        List<Segment> segments = [];
        while (account.TryOpen(Rows.Numbers, bytes) is { } segment) segments.Add(segment);
        return segments;
    }
}
