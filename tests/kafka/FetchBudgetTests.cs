using K2I.Base;

namespace K2I.Kafka.Tests;

/// <summary>Records that are fetched and wait for a poll are bounded by the budget, not by how slowly they are taken.</summary>
public sealed class FetchBudgetTests : IDisposable
{
    private const int Partitions = 8, PartitionBytes = 4_000_000;
    private const long Budget = 1 << 20, LargestFetch = Partitions << 20;

    private readonly EmbeddedBroker broker = new(NullLog.Instance);

    public void Dispose() => broker.Dispose();

    /// <summary>A poll that ends early puts the rest back. What comes after the broker has dropped everything is what waited.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(100_000)]
    public void PollsThatEndEarlyDoNotMakeMoreWait(int recordBytes)
    {
        broker.CreateTopic("t", Partitions);
        var each = PartitionBytes / recordBytes;
        using (var producer = Produce.Open(broker.BootstrapServers))
        {
            var value = new byte[recordBytes];
            for (var i = 0; i < each * Partitions; i++) producer.Produce(new() { Topic = "t", Partition = i % Partitions, Value = value });
            Assert.True(producer.Flush(20_000));
        }

        using var reader = new Collector(new ConsumerOptions
        {
            Client = new() { Brokers = broker.BootstrapServers, Properties = EmbeddedBroker.ConsumerProperties },
            Group = "g",
            Topics = ["t"],
            FetchBufferBytes = Budget,
        });
        reader.Each = _ =>
        {
            reader.Consumer.EndPoll();
            Thread.Sleep(5);
        };
        reader.UntilRecords(200);
        for (var p = 0; p < Partitions; p++) broker.DeleteRecords(new("t", p), new(each));
        reader.Each = _ => { };
        var taken = reader.Records.Count;
        reader.PollFor(1_000);
        var waited = (reader.Records.Count - taken) * (long)recordBytes;
        Assert.InRange(waited, 1, Budget + LargestFetch);
    }
}
