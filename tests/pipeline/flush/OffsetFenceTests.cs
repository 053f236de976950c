using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline.Tests;

/// <summary>Every row of the fence's table.</summary>
public sealed class OffsetFenceTests
{
    private readonly Source source = new(0, "t", 0) { TopicId = "id" };

    [Theory]
    [InlineData(null, 5, 9, true, true)]
    [InlineData(null, 5, 9, false, false)]
    [InlineData(5L, 5, 9, false, true)]
    [InlineData(5L, 5, 9, true, true)]
    [InlineData(5L, 5, 5, true, true)]
    [InlineData(7L, 5, 5, true, true)]
    [InlineData(7L, 5, 9, false, false)]
    [InlineData(7L, 5, 9, true, false)]
    [InlineData(3L, 5, 9, false, false)]
    [InlineData(9L, 5, 9, false, false)]
    public void ARangePassesOnlyWhereItGoesOnFromTheTable(long? held, long from, long next, bool begins, bool passes)
    {
        var standing = held is { } at ? OffsetMap.Empty.With("t", "id", 0, new(at)) : OffsetMap.Empty;
        var result = OffsetFence.Check(standing, [new(source, new(from), new(next), begins)], []);
        Assert.Equal(passes, result.Abort is null);
        var isEmptyBeginning = begins && from == next && held is not null;
        Assert.Equal(passes && !isEmptyBeginning ? new Offset(next) : held is { } stays ? new Offset(stays) : null,
            result.After.Next("t", 0));
    }

    [Fact]
    public void OneRangeThatDoesNotPassKeepsAllOut()
    {
        var other = new Source(1, "t", 1) { TopicId = "id" };
        var standing = OffsetMap.Empty.With("t", "id", 0, new(5)).With("t", "id", 1, new(5));
        var result = OffsetFence.Check(standing, [new(source, new(5), new(9)), new(other, new(6), new(9))], []);
        Assert.Contains("t[1]: the table is at offset 5, the flush begins at 6", result.Abort, StringComparison.Ordinal);
        Assert.Equal(new Offset(5), result.After.Next("t", 0));
    }

    [Fact]
    public void RangesOfOnePartitionFollowOneAnother()
    {
        var standing = OffsetMap.Empty.With("t", "id", 0, new(5));
        Assert.Equal(new Offset(12),
            OffsetFence.Check(standing, [new(source, new(5), new(9)), new(source, new(9), new(12))], []).After.Next("t", 0));
        Assert.NotNull(OffsetFence.Check(standing, [new(source, new(9), new(12)), new(source, new(5), new(9))], []).Abort);
    }

    [Fact]
    public void ATopicOfAnotherIdIsNamedAndNothingPasses()
    {
        var standing = OffsetMap.Empty.With("t", "former", 0, new(5));
        var result = OffsetFence.Check(standing, [new(source, new(5), new(9))], []);
        Assert.Equal(("t", "former", "id"), result.Recreated);
        Assert.Equal(new Offset(5), result.After.Next("t", 0));
    }

    [Fact]
    public void WhereNoIdIsToldOffsetsAloneDecide()
    {
        var untold = new Source(0, "t", 0);
        var result = OffsetFence.Check(OffsetMap.Empty.With("t", "former", 0, new(5)), [new(untold, new(5), new(9))], []);
        Assert.Null(result.Abort);
        Assert.Null(result.Recreated);
    }

    [Fact]
    public void RecordsOfALifeThatIsForgottenDoNotPass()
    {
        var result = OffsetFence.Check(OffsetMap.Empty, [new(source, new(5), new(9), Begins: true)], ImmutableHashSet.Create(("t", "id")));
        Assert.Contains("created again", result.Abort, StringComparison.Ordinal);
    }
}
