using K2I.Base;

namespace K2I.Kafka.Tests;

public sealed class AdminTests
{
    [Fact]
    public void TopicsAreListedAndDescribed()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("a", 3);
        broker.CreateTopic("b", 1);
        using var admin = new KafkaAdmin(new() { Brokers = broker.BootstrapServers }, NullLog.Instance);
        admin.CheckReachable(10_000);
        Assert.Equal(["a", "b"], admin.ListTopics(10_000));
        var described = admin.DescribeTopics(["a", "b", "none"], 10_000).ToDictionary(t => t.Name);
        Assert.Equal((3, true), (described["a"].Partitions, described["a"].Exists));
        Assert.Equal((1, true), (described["b"].Partitions, described["b"].Exists));
        Assert.False(described["none"].Exists);
        Assert.NotNull(described["a"].TopicId);
        Assert.NotEqual(described["a"].TopicId, described["b"].TopicId);
    }

    [Fact]
    public void ATopicCreatedAgainHasAnotherId()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        using var admin = new KafkaAdmin(new() { Brokers = broker.BootstrapServers }, NullLog.Instance);
        broker.CreateTopic("a", 1);
        var first = admin.DescribeTopics(["a"], 10_000)[0].TopicId;
        broker.DeleteTopic("a");
        broker.CreateTopic("a", 1);
        Assert.NotEqual(first, admin.DescribeTopics(["a"], 10_000)[0].TopicId);
    }
}
