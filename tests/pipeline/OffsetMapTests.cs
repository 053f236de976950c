using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class OffsetMapTests
{
    [Fact]
    public void MapsReadBackAsWritten()
    {
        var map = OffsetMap.Empty.With("b", "id-b", 0, new(5)).With("a", null, 3, new(1L << 40)).With("a", null, 0, new(7))
            .With("b", "id-b", 0, new(9));
        Assert.Equal("""{"a":{"partitions":{"0":7,"3":1099511627776}},"b":{"id":"id-b","partitions":{"0":9}}}""", map.ToJson());
        var read = OffsetMap.Parse(map.ToJson());
        Assert.Equal(map.ToJson(), read.ToJson());
        Assert.Equal(new Offset(9), read.Next("b", 0));
        Assert.Null(read.Next("b", 1));
        Assert.Null(read.Next("c", 0));
        Assert.Equal("id-b", read.TopicId("b"));
        Assert.Null(read.TopicId("a"));
    }

    [Fact]
    public void ATopicKeepsItsIdWhenNoneIsKnown() =>
        Assert.Equal("id", OffsetMap.Empty.With("t", "id", 0, new(1)).With("t", null, 1, new(2)).TopicId("t"));

    /// <summary>What was there once begins anew; what is there stays; what a topic had in another life is nothing.</summary>
    [Fact]
    public void WhatWasLostIsAtTheBeginning()
    {
        var now = OffsetMap.Empty.With("a", "id-a", 0, new(5)).With("b", "second", 0, new(1));
        var former = OffsetMap.Empty.With("a", "id-a", 0, new(9)).With("a", "id-a", 1, new(7)).With("b", "first", 1, new(3))
            .With("c", null, 2, new(4));
        Assert.Equal(
            """{"a":{"id":"id-a","partitions":{"0":5,"1":0}},"b":{"id":"second","partitions":{"0":1}},"c":{"partitions":{"2":0}}}""",
            now.WithLost(former).ToJson());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"t\":5}")]
    [InlineData("{\"t\":{}}")]
    [InlineData("{\"t\":{\"partitions\":{\"x\":1}}}")]
    [InlineData("{\"t\":{\"partitions\":{\"0\":\"1\"}}}")]
    [InlineData("{\"t\":{\"partitions\":{\"0\":1.5}}}")]
    public void WhatIsNoMapIsCorrupt(string text) => Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => OffsetMap.Parse(text)).Kind);
}
