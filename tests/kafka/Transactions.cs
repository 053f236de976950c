using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Kafka.Tests;

/// <summary>A transactional producer for tests; the engine itself produces none.</summary>
public sealed partial class Transactions : IDisposable
{
    public Transactions(string brokers, string id)
    {
        Producer = new(new ProducerOptions { Client = new() { Brokers = brokers }, LingerMs = 1, TransactionalId = id, DeliveryTimeoutMs = 30_000 }, NullLog.Instance);
        Check(Init(Producer.Handle, 30_000));
    }

    public KafkaProducer Producer { get; }

    /// <summary>Produces texts in one transaction, which is then committed or aborted.</summary>
    public void Run(string topic, bool commit, params string[] texts)
    {
        Check(Begin(Producer.Handle));
        foreach (var text in texts) Produce.Text(Producer, topic, 0, text);
        Assert.True(Producer.Flush(30_000));
        Check(commit ? Commit(Producer.Handle, 30_000) : Abort(Producer.Handle, 30_000));
    }

    public void Dispose() => Producer.Dispose();

    private static void Check(nint error) => KafkaError.Check(error, "transaction");

    [LibraryImport("k2i_native", EntryPoint = "rd_kafka_init_transactions")]
    private static partial nint Init(nint client, int timeoutMs);

    [LibraryImport("k2i_native", EntryPoint = "rd_kafka_begin_transaction")]
    private static partial nint Begin(nint client);

    [LibraryImport("k2i_native", EntryPoint = "rd_kafka_commit_transaction")]
    private static partial nint Commit(nint client, int timeoutMs);

    [LibraryImport("k2i_native", EntryPoint = "rd_kafka_abort_transaction")]
    private static partial nint Abort(nint client, int timeoutMs);
}
