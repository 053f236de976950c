using Confluent.Kafka;

namespace K2I.Kafka.Tests;

/// <summary>A transactional producer, which the engine has none of: the client that is not ours.</summary>
public sealed class Transactions : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IProducer<string, string> producer;

    public Transactions(string brokers, string id)
    {
        var config = new ProducerConfig { BootstrapServers = brokers, TransactionalId = id, LingerMs = 1 };
        producer = new ProducerBuilder<string, string>(config).Build();
        producer.InitTransactions(Patience);
    }

    /// <summary>Produces texts in one transaction, which is then committed or aborted.</summary>
    public void Run(string topic, bool commit, params string[] texts)
    {
        producer.BeginTransaction();
        foreach (var text in texts) producer.Produce(new Confluent.Kafka.TopicPartition(topic, 0), new() { Key = text, Value = text });
        Assert.Equal(0, producer.Flush(Patience));
        if (commit) producer.CommitTransaction(Patience);
        else producer.AbortTransaction(Patience);
    }

    public void Dispose() => producer.Dispose();
}
