using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Kafka;

/// <summary>
/// A member of a consumer group that reads topics by librdkafka's callback queue: one lock per poll, no managed allocation per record. It
/// decides nothing about offsets: an assigned partition delivers nothing until <see cref="Start"/> says from where. Passing errors are
/// waited out and told (<see cref="Connection"/>, <see cref="IConsumerListener.OnProblem"/>); nothing of that kind is thrown.
/// </summary>
/// <remarks>
/// Thread: one thread at a time polls, closes and disposes, and all callbacks come on it. <see cref="Connection"/>,
/// <see cref="TopicName"/>, acks and queries may come from any thread before <see cref="Close"/>.
/// </remarks>
public sealed unsafe partial class KafkaConsumer : IConsumer
{
    /// <summary>
    /// Bound on one fetch response, over all partitions. What is fetched at once should still be in the CPU's cache when it is handed over: with four
    /// partitions and librdkafka's own bound, 4 MiB arrive at once and a record costs more than twice the CPU.
    /// </summary>
    private const int FetchBytes = 1 << 20;

    private readonly IConsumerListener listener;
    private readonly ILog log;
    private readonly IClock clock;
    private readonly ClientHandle client;
    private readonly TopicTable topics = new();

    /// <summary>Fetched records of all partitions, and nothing else: group events and errors stay on <see cref="events"/>.</summary>
    private readonly nint records;
    private readonly nint events;

    private IRecordHandler? handler;
    private int remaining;
    private int cut;
    private bool polling;
    private bool closed;

    /// <summary>Joins the group; partitions arrive in later polls. Throws only for options that are wrong.</summary>
    public KafkaConsumer(ConsumerOptions options, IConsumerListener listener, ILog log, IClock? clock = null)
    {
        (this.listener, this.log, this.clock, Options) = (listener, log, clock ?? SystemClock.Instance, options);
        using var conf = ClientConf.Create(options.Client, c => Configure(c, options), KafkaProperties.AppliesToConsumer);
        client = ClientHandle.OpenConsumer(conf, options.Client.ClientId, new Callbacks(this), log, this.clock);
        _ = Native.PollSetConsumer(client.Pointer);
        records = Native.QueueNew(client.Pointer);
        events = Native.QueueGetConsumer(client.Pointer);
        Native.QueueOnEvent(events, &OnEventWaiting, records);
        try
        {
            Subscribe(options.Topics);
        }
        catch
        {
            Release(leave: false, 0);
            throw;
        }
    }

    public ConsumerOptions Options { get; }

    public KafkaConnection Connection => client.Connection;

    /// <summary>The topic behind a record's <see cref="KafkaRecord.TopicId"/>.</summary>
    public string TopicName(int topicId) => topics.Name(topicId);

    /// <summary>
    /// Changes what the member subscribes to: names, and regular expressions that start with <c>^</c>, one at least; partitions of topics
    /// that such an expression does not match may be assigned as well, where Kafka has no words for it (<see cref="TopicExpression"/>).
    /// What is of neither the old nor the new topics stays as it is; partitions come and go by rebalances, in later polls. Polling thread.
    /// </summary>
    /// <exception cref="EngineException"><see cref="ErrorKind.Invalid"/>: none, or one that is no topic and no regular
    /// expression.</exception>
    public void Subscribe(IReadOnlyList<string> topics)
    {
        if (topics.Count == 0) throw new EngineException(ErrorKind.Invalid, "kafka: no topic to read");
        using var list = PartitionList.OfTopics(topics);
        var error = Native.Subscribe(client.Pointer, list.Pointer);
        if (error != KafkaError.None)
            throw new EngineException(ErrorKind.Invalid, $"kafka: topics '{string.Join(", ", topics)}': {KafkaError.Text(error)}");
    }

    /// <summary>
    /// Serves group events, then hands over what was fetched, up to <paramref name="maxRecords"/>; waits up to <paramref name="timeoutMs"/>
    /// for the first record or event. Call it at least every <c>max.poll.interval.ms</c>, also while everything is stopped. Returns the
    /// records delivered.
    /// </summary>
    public int Poll(int timeoutMs, int maxRecords, IRecordHandler handler)
    {
        Check.That(!closed && !polling && maxRecords > 0);
        this.handler = handler;
        remaining = maxRecords;
        cut = 0;
        polling = true;
        try
        {
            ServeEvents(0);
            client.LookAtBrokers();
            // Records come in portions, as the fetcher does not count what is in hand (librdkafka.patch). Only the first is waited for.
            while (!client.HasCaptured && remaining > 0 && Native.ConsumeCallbackQueue(records, timeoutMs, &OnMessage, client.Opaque) > 0)
                timeoutMs = 0;
        }
        finally
        {
            polling = false;
            this.handler = null;
        }
        client.ThrowCaptured();
        return maxRecords - remaining - cut;
    }

    /// <summary>From within <see cref="IRecordHandler.OnRecord"/>: no more records in this poll. Those behind are kept for the next.</summary>
    public void EndPoll()
    {
        Check.That(polling);
        cut += remaining;
        remaining = 0;
    }

    /// <summary>
    /// Serves group events only, for up to <paramref name="timeoutMs"/>: for a thread that cannot take records now. What is fetched waits, within its
    /// bound; membership is kept.
    /// </summary>
    public void PollEvents(int timeoutMs)
    {
        Check.That(!closed && !polling);
        remaining = 1;
        polling = true;
        try
        {
            ServeEvents(timeoutMs);
            client.LookAtBrokers();
        }
        finally
        {
            polling = false;
        }
        client.ThrowCaptured();
    }

    /// <summary>
    /// Leaves the group: revokes what is assigned (the listener is called), and tells the broker unless membership is static. Gives up telling it after
    /// <paramref name="timeoutMs"/>. Frees everything; what the listener throws is thrown at the end.
    /// </summary>
    public void Close(int timeoutMs)
    {
        if (closed) return;
        Check.That(!polling);
        Release(leave: true, timeoutMs);
        client.ThrowCaptured();
    }

    /// <summary>Closes within five seconds. An operating error of the listener is logged; a bug is thrown.</summary>
    public void Dispose()
    {
        try
        {
            Close(5_000);
        }
        catch (EngineException exception)
        {
            log.Error("consumer closed with an error", ("group", Options.Group), ("error", exception.Message));
        }
    }

    private static void Configure(ClientConf conf, ConsumerOptions options)
    {
        conf.Set("group.id", options.Group);
        if (options.InstanceId is { Length: > 0 } instance) conf.Set("group.instance.id", instance);
        if (options.Protocol == GroupProtocol.Consumer)
        {
            conf.Set("group.protocol", "consumer");
        }
        else
        {
            conf.Set("partition.assignment.strategy", "cooperative-sticky");
            // A member that was killed holds its partitions for this long; the table's fence, not the group, keeps a slow one from doing harm.
            conf.Set("session.timeout.ms", 10_000);
            conf.Set("heartbeat.interval.ms", 2_000);
        }
        conf.Set("enable.auto.commit", "false");
        conf.Set("enable.auto.offset.store", "false");
        conf.Set("auto.offset.reset", "error");
        conf.Set("check.crcs", "true");
        conf.Set("isolation.level", "read_committed");
        conf.Set("enable.partition.eof", "true");
        conf.Set("fetch.queue.backoff.ms", 1);
        conf.Set("topic.metadata.refresh.interval.ms", 30_000);

        // Half of the budget waits in the queue; the rest covers a fetch that lands on a queue just under its bound, and what a poll holds in hand.
        var budget = Math.Clamp(options.FetchBufferBytes, 1 << 20, 2L << 30);
        conf.Set("queued.max.messages.kbytes", Math.Max(budget / 2 / 1024, 1));
        conf.Set("queued.min.messages", Math.Clamp(budget / 1024, 1_000, 100_000));
        conf.Set("fetch.max.bytes", Math.Max(FetchBytes, LargestMessage(options.Client)));
    }

    /// <summary>librdkafka refuses fetches smaller than the largest message it is told to expect.</summary>
    private static long LargestMessage(ClientOptions options)
    {
        long largest = 0;
        foreach (var (name, value) in options.Properties)
            if (name == "message.max.bytes" && long.TryParse(value, CultureInfo.InvariantCulture, out var bytes))
                largest = bytes;
        return largest;
    }

    private void ServeEvents(int timeoutMs)
    {
        while (remaining > 0 && !client.HasCaptured)
        {
            var message = Native.ConsumerPoll(client.Pointer, timeoutMs);
            if (message == null) return;
            timeoutMs = 0;
            try
            {
                // Records have a queue of their own (ForwardRecords); one found here while no handler is set would be lost.
                Check.That(handler is not null || message->Err != KafkaError.None);
                Deliver(message);
            }
            catch (Exception exception)
            {
                client.Capture(exception);
            }
            finally
            {
                Native.MessageDestroy(message);
            }
        }
    }

    /// <summary>One message: a record for the handler, or an error for the listener. Runs once per record.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Deliver(NativeMessage* message)
    {
        if (message->Err != KafkaError.None)
        {
            if (message->Err == KafkaError.PartitionEnd) handler?.OnPartitionEnd(topics.IdOf(message->Topic), message->Partition, new(message->Offset));
            else OnMessageError(message);
            return;
        }
        var record = new KafkaRecord(message, topics.IdOf(message->Topic));
        remaining--;
        handler!.OnRecord(in record);
    }

    private void OnMessageError(NativeMessage* message)
    {
        var topic = message->Topic == 0 ? null : KafkaError.Utf8(Native.TopicName(message->Topic));
        var text = message->Payload == null ? KafkaError.Text(message->Err) : KafkaError.Utf8(message->Payload);
        var offset = message->Offset >= 0 ? new Offset(message->Offset) : Offset.None;
        var kind = KafkaError.ProblemOf(message->Err);

        // librdkafka may go on behind a batch that it cannot read, and nobody would miss the records.
        if (kind == KafkaProblemKind.Corrupt && topic is not null) Stop([new(topic, message->Partition)]);
        listener.OnProblem(new(kind, topic, topic is null ? -1 : message->Partition, offset, text));
    }

    /// <summary>Called by librdkafka for each fetched message; stops the queue when the poll is full or has failed.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnMessage(NativeMessage* message, nint opaque)
    {
        var client = ClientHandle.From(opaque);
        var consumer = Unsafe.As<Callbacks>(client.Owner).Consumer;
        try
        {
            consumer.Deliver(message);
            if (consumer.remaining > 0) return;
        }
        catch (Exception exception)
        {
            client.Capture(exception);
        }
        Native.Yield(client.Pointer);
    }

    /// <summary>A group event or error arrived, on a thread of librdkafka: end the wait for records so that the polling thread serves it.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnEventWaiting(nint client, nint records) => Native.QueueYield(records);
}
