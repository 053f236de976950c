using K2I.Base;
using Xunit;

namespace K2I.Query.Tests;

public class OffsetVectorTests
{
    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        var vector = new OffsetVector(
            [new(("b.topic", 10), new Offset(7)), new(("b.topic", 2), new Offset(0)), new(("a-topic", 0), new Offset(long.MaxValue))]);
        Assert.Equal($"a-topic:0:{long.MaxValue},b.topic:2:0,b.topic:10:7", vector.ToString());
        Assert.Equal(vector.Partitions, OffsetVector.Parse(vector.ToString()).Partitions);
        Assert.True(OffsetVector.Parse("").IsEmpty);
    }

    [Theory]
    [InlineData("t:0")]
    [InlineData("t:0:1:2")]
    [InlineData(":0:1")]
    [InlineData("t:-1:1")]
    [InlineData("t:0:-1")]
    [InlineData("t:0:end")]
    [InlineData("t:0:1,t:0:2")]
    public void WhatIsNoVectorIsSaid(string text) =>
        Assert.Equal(QueryFault.BadQuestion, Assert.Throws<QueryException>(() => OffsetVector.Parse(text)).Fault);

    [Fact]
    public void ReachesMeansEachPartitionOfTheWanted()
    {
        var has = OffsetVector.Parse("t:0:5,t:1:7");
        Assert.True(has.Reaches(OffsetVector.Empty));
        Assert.True(has.Reaches(OffsetVector.Parse("t:1:7")));
        Assert.False(has.Reaches(OffsetVector.Parse("t:1:8")));
        Assert.False(has.Reaches(OffsetVector.Parse("t:2:0")));
    }
}
