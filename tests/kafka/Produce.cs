using System.Text;
using K2I.Base;

namespace K2I.Kafka.Tests;

/// <summary>Short forms for producing in tests.</summary>
public static class Produce
{
    public static KafkaProducer Open(string brokers, string compression = "none", int lingerMs = 1, int batch = 10_000, int timeoutMs = 20_000) => new(
        new ProducerOptions
        {
            Client = new() { Brokers = brokers },
            Compression = compression,
            LingerMs = lingerMs,
            BatchRecords = batch,
            DeliveryTimeoutMs = timeoutMs,
        }, NullLog.Instance);

    /// <summary>Produces "0", "1", … to one partition, keyed alike, and waits for delivery.</summary>
    public static void Numbers(string brokers, string topic, int partition, int count, int from = 0, string compression = "none")
    {
        using var producer = Open(brokers, compression);
        for (var i = from; i < from + count; i++) Text(producer, topic, partition, i.ToString());
        Assert.True(producer.Flush(20_000));
        Assert.Equal(0, producer.Failed);
    }

    public static void Text(KafkaProducer producer, string topic, int partition, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        producer.Produce(new ProducerRecord { Topic = topic, Partition = partition, Key = bytes, HasKey = true, Value = bytes });
    }
}
