using System.Buffers;
using System.Globalization;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Query.Tests;

public class FollowTests
{
    private static readonly Schema Placed = FieldIds.NewSchema(
    [
        new(1, "n", PrimitiveType.Long, true),
        new(2, "_kafka", new StructType(
        [
            new(3, "topic", PrimitiveType.String, true),
            new(4, "partition", PrimitiveType.Int, true),
            new(5, "offset", PrimitiveType.Long, true),
        ]), false),
    ]);

    [Fact]
    public void RowsComeOnceAsTheyArePublished()
    {
        using var table = new HotTable(Placed);
        table.Add(5, Fill);
        using var queries = Answers.Queries(table);
        using var follower = queries.Follow(new FollowQuestion { Table = HotTable.Name });
        using var taken = new Taken(follower);
        Assert.Empty(taken.Next());
        var segment = table.OpenSegment(table.Schema);
        var expected = 5;
        for (var part = 0; part < 5; part++)
        {
            table.Append(segment, 3, Fill);
            Assert.Equal(Enumerable.Range(expected, 3), taken.Next());
            Assert.Empty(taken.Next());
            expected += 3;
            if (part % 2 == 0) continue;
            segment.Seal();
            table.Flush();
            table.Retire();
            segment = table.OpenSegment(table.Schema);
        }
        Assert.Equal("t:0:20", follower.Offsets.ToString());
        Assert.Empty(follower.TakeMissed());
    }

    [Fact]
    public void OffsetsSayWhereToBegin()
    {
        using var table = new HotTable(Placed);
        table.Add(5, Fill);
        table.Flush();
        table.Add(5, Fill);
        using var queries = Answers.Queries(table);
        var question = new FollowQuestion { Table = HotTable.Name, From = OffsetVector.Parse("t:0:3"), Where = "n != 6" };
        using var follower = queries.Follow(question);
        using var taken = new Taken(follower);
        Assert.Equal([3, 4, 5, 7, 8, 9], taken.Next());
        using var again = queries.Follow(new FollowQuestion { Table = HotTable.Name, From = follower.Offsets });
        using var nothing = new Taken(again);
        Assert.Empty(nothing.Next());
    }

    [Fact]
    public void WhatWentBeforeItWasReadIsMissedAndSaidOnce()
    {
        using var table = new HotTable(Placed);
        using var queries = Answers.Queries(table);
        using var follower = queries.Follow(new FollowQuestion { Table = HotTable.Name, From = OffsetVector.Parse("t:0:0") });
        using var taken = new Taken(follower);
        table.Add(5, Fill);
        table.Flush();
        table.Retire();
        table.Add(5, Fill);
        Assert.Equal([5, 6, 7, 8, 9], taken.Next());
        Assert.Equal("t:0:0-5", Assert.Single(follower.TakeMissed()).ToString());
        table.Add(2, Fill);
        table.Flush();
        table.Retire();
        Assert.Empty(taken.Next());
        Assert.Equal("t:0:10-12", Assert.Single(follower.TakeMissed()).ToString());
        Assert.Empty(follower.TakeMissed());
        Assert.Equal("t:0:12", follower.Offsets.ToString());
    }

    [Fact]
    public void AFollowerThatIsSlowMissesRowsAndHoldsNoMemory()
    {
        using var table = new HotTable(Placed);
        table.Add(1, Fill);
        using var queries = Answers.Queries(table);
        using var follower = queries.Follow(new FollowQuestion { Table = HotTable.Name, From = OffsetVector.Parse("t:0:0") });
        using var taken = new Taken(follower);
        for (var part = 0; part < 3; part++) table.Add(30_000, Fill);
        var some = taken.Some();
        Assert.InRange(some.Count, 1, 50_000);
        table.Flush();
        table.Retire(3);
        var rest = taken.Next();
        var missed = Assert.Single(follower.TakeMissed());
        Assert.Equal((some.Count, 60_001), ((int)missed.From.Value, (int)missed.Next.Value));
        Assert.Equal(Enumerable.Range(60_001, 30_000), rest);
    }

    [Fact]
    public void RowsThatAreReadAnewComeNoSecondTime()
    {
        using var table = new HotTable(Placed);
        using var queries = Answers.Queries(table);
        using var follower = queries.Follow(new FollowQuestion { Table = HotTable.Name, From = OffsetVector.Parse("t:0:0") });
        using var taken = new Taken(follower);
        table.Append(table.OpenSegment(table.Schema), 10, Fill);
        Assert.Equal(Enumerable.Range(0, 10), taken.Next());
        table.Rewind(4);
        table.Append(table.OpenSegment(table.Schema), 8, Fill);
        Assert.Equal([10, 11], taken.Next());
        Assert.Empty(follower.TakeMissed());
    }

    [Fact]
    public void WithoutPlacesATableIsFollowedFromNowOnly()
    {
        using var table = new HotTable(FieldIds.NewSchema([new(1, "n", PrimitiveType.Long, true)]));
        table.Add(1, (row, i) => row.Column(0).AppendLong(i));
        using var queries = Answers.Queries(table);
        var question = new FollowQuestion { Table = HotTable.Name };
        Assert.Equal(QueryFault.BadQuestion,
            Assert.Throws<QueryException>(() => queries.Follow(question with { From = OffsetVector.Parse("t:0:0") })).Fault);
        using var follower = queries.Follow(question);
        using var taken = new Taken(follower);
        table.Add(2, (row, i) => row.Column(0).AppendLong(i));
        Assert.Equal([1, 2], taken.Next());
    }

    [Fact]
    public void NoMoreFollowThanMay()
    {
        using var table = new HotTable(Placed);
        using var queries = Answers.Queries(table, Answers.Limits with { Concurrency = 1 });
        var question = new FollowQuestion { Table = HotTable.Name };
        using (queries.Follow(question)) Assert.Equal(QueryFault.Busy, Assert.Throws<QueryException>(() => queries.Follow(question)).Fault);
        Assert.Equal(QueryFault.NotFound, Assert.Throws<QueryException>(() => queries.Follow(question with { Table = "db.other" })).Fault);
        Assert.Equal(QueryFault.BadQuestion, Assert.Throws<QueryException>(() => queries.Follow(question with { Where = "x" })).Fault);
        using var again = queries.Follow(question);
    }

    private static void Fill(BatchBuilder row, int i)
    {
        row.Column(0).AppendLong(i);
        var place = row.Column(1);
        place.Child(0).AppendBytes("t"u8);
        place.Child(1).AppendInt(0);
        place.Child(2).AppendLong(i);
        place.EndStruct();
    }

    private sealed class Taken : IDisposable
    {
        private readonly Follower follower;
        private readonly ArrayBufferWriter<byte> buffer = new();
        private readonly NdjsonRows output;

        internal Taken(Follower follower) => (this.follower, output) = (follower, new(buffer));

        internal List<int> Next()
        {
            while (follower.TryTake(output))
            {
            }
            return Numbers();
        }

        internal List<int> Some()
        {
            Assert.True(follower.TryTake(output));
            return Numbers();
        }

        public void Dispose() => output.Dispose();

        private List<int> Numbers()
        {
            var texts = Answers.Lines(buffer).Select(r => r.Split(':')[1].Split(',', '}')[0]);
            List<int> numbers = [.. texts.Select(t => int.Parse(t, CultureInfo.InvariantCulture))];
            buffer.ResetWrittenCount();
            return numbers;
        }
    }
}
