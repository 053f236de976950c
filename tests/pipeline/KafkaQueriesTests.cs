using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class KafkaQueriesTests
{
    [Fact]
    public void ItsClientIsMadeWithTheFirstQuestionAndOnce()
    {
        var topics = new FakeTopics();
        topics.Add("t", 2, "x");
        var made = 0;
        using var queries = new KafkaQueries(() =>
        {
            made++;
            return topics;
        });
        Assert.Equal(0, made);
        Assert.Equal(3, Assert.Single(queries.DescribeTopics(["t"])).Partitions);
        Assert.Equal(new Offset(1), queries.QueryWatermarks(new("t", 2)).HighOffset);
        Assert.Equal(1, made);
    }
}
