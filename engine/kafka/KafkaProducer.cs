using System.Buffers;
using System.Text;
using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// Produces records in batches with bounded memory; records are copied on the way in. Failures are counted, not thrown: after
/// <see cref="Flush"/>, every record is delivered but those whose tags <see cref="TakeFailed"/> gives.
/// </summary>
/// <remarks>One thread.</remarks>
public sealed unsafe class KafkaProducer : IProducer
{
    private const int PollEvery = 1024;
    private const int HeadersOnStack = 32, OtherArguments = 7;

    private readonly IClock clock;
    private readonly ClientHandle client;
    private readonly Callbacks callbacks = new();
    private readonly Dictionary<string, nint> topics = [];
    private string? lastTopic;
    private nint lastHandle;
    private bool closed;

    public KafkaProducer(ProducerOptions options, ILog log, IClock? clock = null)
    {
        this.clock = clock ?? SystemClock.Instance;
        using var conf = ClientConf.Create(options.Client, c => Configure(c, options), KafkaProperties.AppliesToProducer);
        client = ClientHandle.OpenProducer(conf, options.Client.ClientId, callbacks, log, this.clock);
    }

    /// <summary>Records taken in.</summary>
    public long Produced { get; private set; }

    /// <summary>Records that could not be delivered.</summary>
    public long Failed => callbacks.Failed;

    /// <summary>Records not yet delivered or failed; connection events not yet taken in (<see cref="Poll"/>) count too.</summary>
    public int InFlight => Native.OutQueueLength(client.Pointer);

    /// <summary>Why the last record failed, or the connection's last error.</summary>
    public string? LastError => callbacks.LastError;

    internal nint Handle => client.Pointer;

    /// <summary>Takes a record in; false where the buffer is full: try again, or use <see cref="Produce"/>.</summary>
    public bool TryProduce(in ProducerRecord record)
    {
        Check.That(!closed);
        var error = record.Headers.IsEmpty && record.TimestampMs == 0 ? ProducePlain(record) : ProduceFull(record);
        if (error == KafkaError.None)
        {
            if (++Produced % PollEvery == 0) Poll(0);
            return true;
        }
        if (error != KafkaError.QueueFull) throw KafkaError.Exception(error, $"produce to {record.Topic}[{record.Partition}]");
        Poll(0);
        return false;
    }

    /// <summary>Takes a record in, waiting for room up to <paramref name="timeoutMs"/>; throws Full where none comes.</summary>
    public void Produce(in ProducerRecord record, int timeoutMs = 30_000)
    {
        var deadline = clock.MonotonicMs + timeoutMs;
        while (!TryProduce(record))
        {
            if (clock.MonotonicMs > deadline)
                throw new EngineException(ErrorKind.Full, $"kafka: produce to {record.Topic}: no room after {timeoutMs} ms ({LastError ?? "broker is slow"})");
            Poll(10);
        }
    }

    /// <summary>
    /// Takes the tags of records that are known not to have been delivered, or may not have been: since the last call, in no particular order. Records without
    /// a tag (0) are counted only.
    /// </summary>
    public IReadOnlyList<long> TakeFailed() => callbacks.TakeFailed();

    /// <summary>Takes in delivery results; for times when nothing is produced. Producing does it by itself.</summary>
    public void Poll(int timeoutMs)
    {
        _ = Native.Poll(client.Pointer, timeoutMs);
        client.ThrowCaptured();
    }

    /// <summary>Waits until every record was delivered or has failed; false where <paramref name="timeoutMs"/> was not enough.</summary>
    public bool Flush(int timeoutMs)
    {
        var error = Native.Flush(client.Pointer, timeoutMs);
        client.ThrowCaptured();
        return error == KafkaError.None;
    }

    /// <summary>Flushes for up to five seconds; what is left then is dropped.</summary>
    public void Dispose()
    {
        if (closed) return;
        closed = true;
        _ = Native.Flush(client.Pointer, 5_000);
        foreach (var topic in topics.Values) Native.TopicDestroy(topic);
        client.Destroy(0);
    }

    private static void Configure(ClientConf conf, ProducerOptions options)
    {
        conf.Set("compression.codec", options.Compression);
        conf.Set("linger.ms", options.LingerMs);
        conf.Set("queue.buffering.max.kbytes", Math.Max(options.BufferBytes / 1024, 1));
        conf.Set("queue.buffering.max.messages", options.BufferRecords);
        conf.Set("batch.num.messages", options.BatchRecords);
        conf.Set("message.timeout.ms", options.DeliveryTimeoutMs);
        conf.Set("enable.idempotence", options.Idempotent ? "true" : "false");
        conf.Set("delivery.report.only.error", "true");
    }

    private int ProducePlain(in ProducerRecord record)
    {
        // An empty span may have no address, but librdkafka takes a null address for a null key or value.
        byte none = 0;
        fixed (byte* value = record.Value, key = record.Key)
        {
            var result = Native.Produce(
                TopicHandle(record.Topic), record.Partition, Native.MessageCopy,
                record.IsTombstone ? null : value == null ? &none : value, (nuint)record.Value.Length,
                !record.HasKey ? null : key == null ? &none : key, (nuint)record.Key.Length, (nint)record.Tag);
            return result == 0 ? KafkaError.None : Native.LastError();
        }
    }

    private int ProduceFull(in ProducerRecord record)
    {
        byte none = 0;
        var room = record.Headers.Length <= HeadersOnStack ? stackalloc NativeProduceArgument[OtherArguments + HeadersOnStack] : new NativeProduceArgument[OtherArguments + record.Headers.Length];
        var copy = ArrayPool<byte>.Shared.Rent(HeaderBytes(record.Headers));
        fixed (NativeProduceArgument* arguments = room)
        fixed (byte* value = record.Value, key = record.Key, headers = copy)
        {
            var count = 0;
            arguments[count++] = new() { Type = NativeProduceArgument.Topic, Pointer = TopicHandle(record.Topic) };
            arguments[count++] = new() { Type = NativeProduceArgument.Partition, Int32 = record.Partition };
            arguments[count++] = new() { Type = NativeProduceArgument.Flags, Int32 = Native.MessageCopy };
            if (!record.IsTombstone)
                arguments[count++] = new()
                {
                    Type = NativeProduceArgument.Value,
                    Pointer = (nint)(value == null ? &none : value),
                    Size = (nuint)record.Value.Length,
                };
            if (record.HasKey)
                arguments[count++] = new()
                {
                    Type = NativeProduceArgument.Key,
                    Pointer = (nint)(key == null ? &none : key),
                    Size = (nuint)record.Key.Length,
                };
            if (record.TimestampMs != 0)
                arguments[count++] = new() { Type = NativeProduceArgument.Timestamp, Int64 = record.TimestampMs };
            if (record.Tag != 0) arguments[count++] = new() { Type = NativeProduceArgument.Opaque, Pointer = (nint)record.Tag };
            var at = headers;
            foreach (var header in record.Headers) arguments[count++] = CopyHeader(header, ref at);
            var error = Native.ProduceArguments(client.Pointer, arguments, (nuint)count);
            ArrayPool<byte>.Shared.Return(copy);
            if (error == 0) return KafkaError.None;
            var code = Native.ErrorCode(error);
            Native.ErrorDestroy(error);
            return code;
        }
    }

    private static int HeaderBytes(ReadOnlySpan<KafkaHeader> headers)
    {
        var bytes = 1;
        foreach (var header in headers) bytes += Encoding.UTF8.GetByteCount(header.Name) + 1 + (header.Value?.Length ?? 0);
        return bytes;
    }

    /// <summary>Writes a name as a C string, then the value, at <paramref name="at"/>, which has room for them (<see cref="HeaderBytes"/>).</summary>
    private static NativeProduceArgument CopyHeader(KafkaHeader header, ref byte* at)
    {
        var nameBytes = Encoding.UTF8.GetByteCount(header.Name);
        Encoding.UTF8.GetBytes(header.Name, new Span<byte>(at, nameBytes));
        at[nameBytes] = 0;
        var argument = new NativeProduceArgument { Type = NativeProduceArgument.Header, HeaderName = at };
        at += nameBytes + 1;
        if (header.Value is not { } value) return argument;
        value.Span.CopyTo(new Span<byte>(at, value.Length));
        argument.HeaderValue = at;
        argument.HeaderSize = value.Length;
        at += value.Length;
        return argument;
    }

    private nint TopicHandle(string topic)
    {
        if (ReferenceEquals(topic, lastTopic)) return lastHandle;
        if (!topics.TryGetValue(topic, out var handle))
        {
            handle = Native.TopicNew(client.Pointer, topic, 0);
            if (handle == 0) throw KafkaError.Exception(Native.LastError(), $"topic {topic}");
            topics.Add(topic, handle);
        }
        (lastTopic, lastHandle) = (topic, handle);
        return handle;
    }

    private sealed class Callbacks : IClientOwner
    {
        private List<long> failedTags = [];

        public long Failed { get; private set; }

        public string? LastError { get; private set; }

        public void OnError(int error, string text) => LastError = text;

        public void OnDelivered(NativeMessage* message)
        {
            if (message->Err == KafkaError.None) return;
            Failed++;
            if (message->Private != 0) failedTags.Add(message->Private);
            LastError = KafkaError.Text(message->Err);
        }

        public List<long> TakeFailed()
        {
            var taken = failedTags;
            failedTags = [];
            return taken;
        }

        public void OnRebalance(int error, NativePartitionList* partitions)
        {
        }

        public void OnAcked(int error, NativePartitionList* partitions)
        {
        }
    }
}
