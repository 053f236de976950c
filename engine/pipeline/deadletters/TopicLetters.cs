using System.Buffers.Text;
using System.Text;
using K2I.Base;
using K2I.Decode;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>
/// <c>dead_letter = topic</c>: produced to a Kafka topic, and acked by all its replicas, before the main table's commit of the same flush. Retries within a session double
/// nothing (only what failed is produced again, by an idempotent producer); after a crash before that commit the same letters are produced once more.
/// </summary>
/// <remarks>
/// Key, value and headers are the record's own; before the headers stand <c>k2i.table</c>, <c>k2i.topic</c>, <c>k2i.partition</c>, <c>k2i.offset</c>, <c>k2i.error</c>, <c>k2i.detail</c>, and
/// <c>k2i.timestamp</c> (ms) with <c>k2i.timestamp-type</c>, as text. The letter's own timestamp is when it was produced, so that an old one does not expire at once.
/// </remarks>
internal sealed class TopicLetters : BufferedLetters
{
    internal const string DefaultSuffix = ".dead-letters";

    private const int WaitMs = 5_000, BufferBytes = 16 << 20, DeliveryMs = 30_000;

    // Settings of consumers and other producers that would weaken this one, or that an idempotent one refuses.
    private static readonly string[] NotTaken = ["acks", "request.required.acks", "retries", "message.send.max.retries", "max.in.flight", "max.in.flight.requests.per.connection"];

    private readonly DeadLetterServices services;
    private readonly string topic;
    private readonly KafkaHeader tableHeader;
    private readonly List<KafkaHeader> headers = [];
    private IProducer? producer;
    private string? flush;
    private HashSet<long>? again;
    private long through;
    private bool produced;

    internal TopicLetters(TableOptions options, DeadLetterServices services) : base(services)
    {
        this.services = services;
        topic = TopicOf(options);
        tableHeader = new(K2IKeys.LetterTable, Encoding.UTF8.GetBytes(services.Table.ToString()));
    }

    internal static string TopicOf(TableOptions options) => options.DeadLetterTopic ?? options.Name + DefaultSuffix;

    internal override void Keep(string flushId, long epoch, IReadOnlyList<int> segmentIndexes, IReadOnlyList<OffsetRange> ranges)
    {
        var letters = BuffersOf(segmentIndexes);
        if (letters.Count == 0) return;
        if (flush != flushId) Begin(flushId);
        try
        {
            if (!produced) Produce(letters, ranges);
            KillPoint.Hit("letters.produced");
            if (!producer!.Flush(WaitMs)) throw Away();
        }
        catch (EngineException e) when (e.Kind == ErrorKind.Fatal)
        {
            // An idempotent producer that lost count is of no more use; what it did is not known, so all is produced again.
            var reason = e.Message;
            Close();
            throw new EngineException(ErrorKind.Unavailable, $"dead letters to {topic}: {reason}", e);
        }
        var failed = producer.TakeFailed();
        if (failed.Count > 0)
        {
            again = [.. failed];
            produced = false;
            throw Away();
        }
        flush = null;
        KillPoint.Hit("letters.acked");
    }

    public override void Dispose()
    {
        Close();
        base.Dispose();
    }

    private void Begin(string flushId)
    {
        // Of a flush that was not finished some are still under way; they are of no interest any more.
        if (flush is not null) Close();
        producer ??= services.OpenProducer(new ProducerOptions
        {
            Client = new() { Brokers = services.Kafka.Brokers, ClientId = services.Kafka.ClientId, Properties = [.. services.Kafka.Properties.Where(p => !NotTaken.Contains(p.Key))] },
            BufferBytes = BufferBytes,
            DeliveryTimeoutMs = DeliveryMs,
            Idempotent = true,
        });
        flush = flushId;
        again = null;
        through = 0;
        produced = false;
    }

    /// <summary>Produces every letter, or after a failure those that failed; a letter's tag is its number in the flush, from 1. What was taken once is not taken twice.</summary>
    private void Produce(List<LetterBuffer> letters, IReadOnlyList<OffsetRange> ranges)
    {
        long tag = 0;
        foreach (var buffer in letters)
        {
            for (var letter = buffer.Read(); letter.Next();)
            {
                tag++;
                if (!IsIn(ranges, letter.Source, letter.Offset) || (again is null ? tag <= through : !again.Contains(tag))) continue;
                Produce(in letter, tag);
                if (again is null) through = tag;
                else again.Remove(tag);
            }
        }
        produced = true;
        again = null;
    }

    private void Produce(in LetterReader letter, long tag)
    {
        var input = letter.Record;
        headers.Clear();
        headers.Add(tableHeader);
        headers.Add(new(K2IKeys.LetterTopic, letter.Source.TopicUtf8));
        headers.Add(new(K2IKeys.LetterPartition, Digits(letter.Source.Partition)));
        headers.Add(new(K2IKeys.LetterOffset, Digits(letter.Offset.Value)));
        headers.Add(new(K2IKeys.LetterError, letter.ErrorUtf8.ToArray()));
        headers.Add(new(K2IKeys.LetterDetail, letter.DetailUtf8.ToArray()));
        if (input.TimestampKind != TimestampKind.None)
        {
            headers.Add(new(K2IKeys.LetterTimestamp, Digits(input.TimestampMs)));
            headers.Add(new(K2IKeys.LetterTimestampType, input.TimestampKind == TimestampKind.CreateTime ? "CreateTime"u8.ToArray() : "LogAppendTime"u8.ToArray()));
        }
        for (var i = 0; input.Headers is { } copied && copied.TryRead(i, out var name, out var value, out var isNull); i++)
            headers.Add(new(Encoding.UTF8.GetString(name), isNull ? (ReadOnlyMemory<byte>?)null : value.ToArray()));
        var record = new ProducerRecord
        {
            Topic = topic,
            Key = input.Key,
            HasKey = !input.KeyIsNull,
            Value = input.Value,
            IsTombstone = input.ValueIsNull,
            Headers = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(headers),
            Tag = tag,
        };
        var deadline = services.Clock.MonotonicMs + WaitMs;
        while (!producer!.TryProduce(in record))
        {
            if (services.Clock.MonotonicMs >= deadline)
            {
                // What was taken so far may or may not have arrived; a new producer begins anew.
                Close();
                throw new EngineException(ErrorKind.Unavailable, $"dead letters to {topic}: no room to produce more; the broker is away or slow");
            }
            producer.Poll(10);
        }
    }

    private void Close()
    {
        producer?.Dispose();
        producer = null;
        flush = null;
    }

    private EngineException Away() => new(ErrorKind.Unavailable, $"dead letters to {topic}: not acked so far: {producer?.LastError ?? "the broker does not answer"}");

    private static byte[] Digits(long number)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, text, out var written);
        return text[..written].ToArray();
    }
}
