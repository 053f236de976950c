using System.Text.Json;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Offsets that no record comes with: markers of transactions and aborted records, and partitions that nothing has come to yet.</summary>
[Collection(SharedBroker.Collection)]
public sealed class PartitionEndTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void MarkersAndAbortedRecordsAreNoLagAndNoLostRows()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("transactions", 2);
        var config = Config(topic);
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = Kafka.Brokers, TransactionalId = topic }).SetLogHandler((_, _) => { }).Build();
        producer.InitTransactions(TimeSpan.FromSeconds(30));
        Transaction(producer, topic, 0, commit: true, 1, 2);
        Transaction(producer, topic, 0, commit: false, 3);
        Transaction(producer, topic, 1, commit: false, 4);
        using (var ingest = Ingest.Start(workspace, config))
        {
            ingest.Wait("no lag", status => Ingest.Table(status, "events") is { } table && Partitions(table).All(p => p is { Lag: 0, Next: > 0 }) && Partitions(table).Count == 2 && Rows(table) == 2);
            Assert.Equal(0, ingest.Stop());
        }
        // Retention takes what was read, and what need not be read.
        source.DeleteRecords(topic, 0, before: 5);
        source.DeleteRecords(topic, 1, before: 2);
        using var again = Ingest.Start(workspace, config);
        again.WaitForState("events", "running");
        Transaction(producer, topic, 0, commit: true, 5);
        again.WaitForRows("events", 1);
        Assert.Equal(0, again.Stop());
        Judges.CheckWithOrphans(workspace.Table("events"));
        Assert.Equal([1L, 2, 5], Ids());
    }

    /// <summary>"The latest" is where partitions ended when the table was first read, and the beginning of those that came to be later.</summary>
    [IngestFact]
    public void TheLatestIsDecidedOnce()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("latest", 2);
        using var producer = new ProducerBuilder<Null, string>(new ProducerConfig { BootstrapServers = Kafka.Brokers }).SetLogHandler((_, _) => { }).Build();
        Send(producer, topic, 1, 0);
        var config = Config(topic, "start = latest");
        using (var ingest = Ingest.Start(workspace, config))
        {
            ingest.Wait("both partitions", status => Ingest.Table(status, "events") is { } table && Partitions(table).Count == 2);
            Send(producer, topic, 0, 1);
            ingest.WaitForRows("events", 1);
            Assert.Equal(0, ingest.Stop());
        }
        Send(producer, topic, 0, 2);
        Send(producer, topic, 1, 3);
        using (var ingest = Ingest.Start(workspace, config))
        {
            ingest.WaitForRows("events", 2);
            Assert.Equal(0, ingest.Stop());
        }
        AddPartition(producer.Handle, topic, count: 3);
        Send(producer, topic, 2, 4);
        using var again = Ingest.Start(workspace, config);
        again.WaitForRows("events", 1);
        Assert.Equal(0, again.Stop());
        Assert.Equal([1L, 2, 3, 4], Ids());
    }

    private string Config(string topic, string table = "") => $"""
        [kafka]
        brokers = {Kafka.Brokers}
        [iceberg]
        warehouse = {workspace.Warehouse}
        [flush]
        interval = 1s
        [table.events]
        topics = {topic}
        columns = id: long
        {table}
        """;

    private IEnumerable<long> Ids() => Judges.Rows(Reader.IcebergJava, workspace.Table("events")).Select(r => r.GetProperty("id").GetInt64()).Order();

    private static long Rows(JsonElement table) => table.GetProperty("rows_committed").GetInt64();

    private static List<(long Lag, long Next)> Partitions(JsonElement table) =>
        [.. table.GetProperty("partitions").EnumerateArray().Select(p => (p.GetProperty("lag").GetInt64(), p.GetProperty("next_offset").GetInt64()))];

    private static void Transaction(IProducer<Null, string> producer, string topic, int partition, bool commit, params int[] ids)
    {
        producer.BeginTransaction();
        Send(producer, topic, partition, ids);
        if (commit) producer.CommitTransaction(TimeSpan.FromSeconds(30));
        else producer.AbortTransaction(TimeSpan.FromSeconds(30));
    }

    /// <summary>Waits until the client knows it, too: it looks for new partitions every few minutes only.</summary>
    private static void AddPartition(Handle client, string topic, int count)
    {
        using var admin = new DependentAdminClientBuilder(client).Build();
        admin.CreatePartitionsAsync([new PartitionsSpecification { Topic = topic, IncreaseTo = count }]).Wait();
        for (var look = 0; admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics.Single().Partitions.Count < count; look++)
        {
            Assert.True(look < 300, $"{topic} has no {count} partitions");
            Thread.Sleep(100);
        }
    }

    private static void Send(IProducer<Null, string> producer, string topic, int partition, params int[] ids)
    {
        foreach (var id in ids) producer.Produce(new Confluent.Kafka.TopicPartition(topic, partition), new() { Value = $$"""{"id":{{id}}}""" });
        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(30)));
    }
}
