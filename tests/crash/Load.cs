using System.Globalization;
using System.Text;
using Confluent.Kafka;

namespace K2I.Crash.Tests;

/// <summary>
/// A producer that does not stop: rows of growing schema, long ones, broken JSON, wrong types, tombstones; each a function of its number.
/// Most go to the main topic, one in eight to one of the small topics that there are by then. It remembers where Kafka put each record.
/// </summary>
internal sealed class Load : IDisposable
{
    public const int Partitions = 4;

    /// <summary>Partitions of a small topic.</summary>
    public const int SmallPartitions = 2;

    /// <summary>A record's value is longer than that, in bytes, where <see cref="IsLong"/>, and only there.</summary>
    public const int LongBytes = 2_048;

    private const int OneInSmall = 8;

    private const int RecordsPerField = 1_000, MostFields = 40, FirstWrongType = 2_000, OneInLong = 4_001;

    private readonly string topic;
    private readonly int rate;
    private readonly Random random;
    private readonly IProducer<byte[], byte[]?> producer;
    private readonly List<Sent> sent = [];
    private readonly Dictionary<(string Topic, int Partition), long> next = [];
    private volatile string[] small = [];
    private readonly Thread thread;
    private volatile bool stop;
    private volatile string? failure;
    private long asked;

    /// <summary>A record in Kafka.</summary>
    internal readonly record struct Sent(string Topic, int Partition, long Offset, int Id);

    public Load(IBroker broker, string topic, int rate, int seed)
    {
        this.topic = topic;
        this.rate = rate;
        random = new(seed);
        producer = new ProducerBuilder<byte[], byte[]?>(Config(broker))
            .SetLogHandler((_, _) => { }).Build();
        thread = new(Produce) { IsBackground = true };
        thread.Start();
    }

    /// <summary>Some records go to this topic from now on.</summary>
    public void AddSmall(string name) => small = [.. small, name];

    /// <summary>No more records; all of them are in Kafka afterwards.</summary>
    public IReadOnlyList<Sent> Finish()
    {
        stop = true;
        thread.Join();
        if (producer.Flush(TimeSpan.FromMinutes(2)) > 0) failure ??= "records were not delivered";
        lock (sent) return failure is null && sent.Count == asked ? sent : throw new InvalidOperationException($"the producer failed: {failure ?? $"{asked} records, {sent.Count} answers"}");
    }

    public void Dispose()
    {
        stop = true;
        thread.Join();
        producer.Dispose();
    }

    /// <summary>The record's value; null for a tombstone.</summary>
    public static string? ValueOf(int id) => KindOf(id) switch
    {
        0 => null,
        1 => $"{{\"id\":{id},\"text\":\"cut off",
        2 => $"{{\"id\":\"number {id}\",\"text\":1}}",
        _ => $"{{\"id\":{id},\"text\":\"{TextOf(id)}\",\"amount\":{AmountOf(id).ToString("R", CultureInfo.InvariantCulture)}{(FieldOf(id) is { } field ? $",\"{field.Name}\":{field.Value}" : "")}}}",
    };

    /// <summary>It becomes a row; otherwise a dead letter.</summary>
    public static bool IsRow(int id) => KindOf(id) > 2;

    public static bool IsTombstone(int id) => KindOf(id) == 0;

    /// <summary>A row that is longer than others.</summary>
    public static bool IsLong(int id) => id % OneInLong == OneInLong - 1 && IsRow(id);

    public static string TextOf(int id) =>
        new string((char)('a' + (id % 26)), (IsLong(id) ? LongBytes : 5) + (id * 31 % 300)) + id.ToString(CultureInfo.InvariantCulture);

    public static double AmountOf(int id) => (id % 1_000) + (id % 8 * 0.125);

    /// <summary>A field that the first records of its generation bring to the table.</summary>
    public static (string Name, long Value)? FieldOf(int id) => id < RecordsPerField || id % 3 != 0 ? null : ($"extra_{Math.Min(id / RecordsPerField, MostFields)}", id * 7L);

    // Where columns are inferred, they are from the first records: no wrong types among those.
    private static int KindOf(int id) => id % 211 == 2 && id < FirstWrongType ? 3 : id % 211;

    private void Produce()
    {
        var began = DateTime.UtcNow;
        for (var id = 0; !stop && failure is null; id++)
        {
            var due = began.AddSeconds((double)id / rate);
            while (!stop && DateTime.UtcNow < due) Thread.Sleep(2);
            var number = id;
            var message = new Message<byte[], byte[]?>
            {
                Key = Encoding.UTF8.GetBytes($"key-{id}"),
                Value = ValueOf(id) is { } value ? Encoding.UTF8.GetBytes(value) : null,
            };
            try
            {
                producer.Produce(Place(), message, report => Delivered(report, number));
                asked++;
            }
            catch (ProduceException<byte[], byte[]?> error)
            {
                failure = error.Error.Reason;
            }
        }
    }

    private TopicPartition Place()
    {
        var names = small;
        return names.Length > 0 && random.Next(OneInSmall) == 0
            ? new(names[random.Next(names.Length)], random.Next(SmallPartitions))
            : new(topic, random.Next(Partitions));
    }

    // Compressed, as the embedded broker keeps little of a partition, and a table may be far behind.
    private static ProducerConfig Config(IBroker broker) => new()
    {
        BootstrapServers = broker.Addresses,
        Acks = Acks.All,
        EnableIdempotence = true,
        LingerMs = 5,
        MessageTimeoutMs = 120_000,
        CompressionType = CompressionType.Lz4,
    };

    private void Delivered(DeliveryReport<byte[], byte[]?> report, int id)
    {
        if (report.Error.IsError || report.Status != PersistenceStatus.Persisted) failure = report.Error.Reason;
        lock (sent)
        {
            // After an acknowledgement was lost, a record sent again is known to be there, not where: after the one before it.
            var place = (report.Topic, report.Partition.Value);
            var offset = report.Offset == Offset.Unset ? next.GetValueOrDefault(place) : report.Offset.Value;
            next[place] = offset + 1;
            sent.Add(new(report.Topic, report.Partition.Value, offset, id));
        }
    }
}
