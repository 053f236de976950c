using K2I.Memory;

namespace K2I.Ring.Tests;

public sealed class IndexBudgetTests
{
    [Fact]
    public void PlacesAreZerosDoNotOverlapAndAllComesBack()
    {
        var before = MemoryLedger.Bytes(MemoryTag.Index);
        var budget = new IndexBudget(IndexBudget.LeastBytes, 0);
        var random = new Random(1);
        List<(IndexPlace Place, byte Mark)> taken = [];
        long refused = 0, held = 0;
        for (var i = 0; i < 20_000; i++)
        {
            if (random.Next(100) < 52 + (i / 1000 % 2 * -6))
            {
                if (!budget.TryTake(random.Next(IndexPlace.Sizes), false, out var place))
                {
                    refused++;
                    continue;
                }
                Assert.False(budget.Memory(place).ContainsAnyExcept((byte)0));
                var mark = (byte)random.Next(1, 256);
                budget.Memory(place).Fill(mark);
                taken.Add((place, mark));
                held += place.Bytes;
            }
            else if (taken.Count > 0)
            {
                var at = random.Next(taken.Count);
                var (place, mark) = taken[at];
                Assert.False(budget.Memory(place).ContainsAnyExcept(mark));
                budget.Return(place);
                taken.RemoveAt(at);
                held -= place.Bytes;
            }
            Assert.Equal(held, budget.HeldBytes);
            Assert.True(held <= budget.BudgetBytes);
        }
        Assert.True(refused > 0);
        foreach (var (place, _) in taken) budget.Return(place);
        Assert.Equal(0, budget.HeldBytes);
        budget.Dispose();
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Index));
    }

    [Fact]
    public void WhatReplacesAPlaceFindsRoomWhereWhatGrowsFindsNone()
    {
        using var budget = new IndexBudget(4 << 20, 0);
        List<IndexPlace> taken = [];
        while (budget.TryTake(2, replaces: false, out var place)) taken.Add(place);
        Assert.InRange(budget.HeldBytes, budget.BudgetBytes * 9 / 10, budget.BudgetBytes - 1);
        Assert.True(budget.TryTake(2, replaces: true, out var other));
        taken.Add(other);
        foreach (var place in taken) budget.Return(place);
    }

    /// <summary>
    /// Pages come ahead, by units and by huge pages; who takes a place finds zeros all the same, and the last of a budget is left.
    /// </summary>
    [Theory]
    [InlineData(1 << 20)]
    [InlineData(32 << 20)]
    public void WhatIsPreparedIsZerosAndTheBudgetsEndIsLeft(long bytes)
    {
        using var budget = new IndexBudget(bytes, 0);
        List<IndexPlace> taken = [];
        for (var round = 0; round < 3; round++)
        {
            budget.Prepare();
            while (budget.TryTake(taken.Count % IndexPlace.Sizes, replaces: false, out var place))
            {
                Assert.False(budget.Memory(place).ContainsAnyExcept((byte)0));
                budget.Memory(place).Fill(1);
                taken.Add(place);
                if (taken.Count % 7 == 0) budget.Prepare();
            }
            Assert.True(budget.HeldBytes > budget.BudgetBytes / 2);
            Assert.True(budget.TryTake(0, replaces: true, out var last));
            taken.Add(last);
            foreach (var place in taken) budget.Return(place);
            taken.Clear();
            Assert.Equal(0, budget.HeldBytes);
        }
    }

    /// <summary>
    /// A unit that one small place was taken of has pages under that alone: a larger place comes from one that was prepared.
    /// </summary>
    [Fact]
    public void WhoTakesAPlaceAfterItWasPreparedWaitsForNoPage()
    {
        using var budget = new IndexBudget(32 << 20, 0);
        Assert.True(budget.TryTake(0, replaces: false, out var small));
        budget.Memory(small).Fill(1);
        budget.Prepare();
        budget.Return(small);
        Assert.True(budget.TryTake(IndexPlace.Sizes - 1, replaces: false, out var whole));
        Assert.NotEqual(small.Unit, whole.Unit);
        budget.Return(whole);
        List<IndexPlace> taken = [];
        while (budget.TryTake(IndexPlace.Sizes - 1, replaces: true, out var place))
        {
            Assert.False(budget.Memory(place).ContainsAnyExcept((byte)0));
            taken.Add(place);
        }
        Assert.Contains(taken, p => p.Unit == small.Unit);
        foreach (var place in taken) budget.Return(place);
    }
}
