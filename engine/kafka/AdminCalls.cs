using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Kafka;

/// <summary>Metadata and admin requests on any client. All wait for the answer up to a timeout and throw <see cref="EngineException"/>.</summary>
internal static unsafe class AdminCalls
{
    public static IReadOnlyList<string> ListTopics(nint client, int timeoutMs)
    {
        NativeMetadata* metadata;
        KafkaError.Check(Native.Metadata(client, 1, 0, &metadata, timeoutMs), "list topics");
        try
        {
            var names = new List<string>(metadata->TopicCount);
            for (var i = 0; i < metadata->TopicCount; i++)
                if (metadata->Topics[i].Err == KafkaError.None)
                    names.Add(KafkaError.Utf8(metadata->Topics[i].Name));
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        finally
        {
            Native.MetadataDestroy(metadata);
        }
    }

    public static IReadOnlyList<TopicInfo> DescribeTopics(nint client, IReadOnlyList<string> names, int timeoutMs)
    {
        if (names.Count == 0) return [];
        var utf8 = names.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        var collection = Native.TopicCollectionOf(in utf8[0], (nuint)utf8.Length);
        foreach (var name in utf8) Marshal.FreeCoTaskMem(name);
        try
        {
            return Ask(client, timeoutMs, "describe topics", (options, queue) => Native.DescribeTopics(client, collection, options, queue), ReadDescriptions);
        }
        finally
        {
            Native.TopicCollectionDestroy(collection);
        }
    }

    public static void CreateTopic(nint client, string topic, int partitions, int replication, int timeoutMs)
    {
        const int size = 512;
        var error = stackalloc byte[size];
        error[0] = 0;
        var created = Native.NewTopicNew(topic, partitions, replication, error, size);
        if (created == 0) throw new EngineException(ErrorKind.Invalid, $"kafka: create topic {topic}: {KafkaError.Utf8(error)}");
        try
        {
            var attempt = $"create topic {topic}";
            Ask(client, timeoutMs, attempt, (options, queue) => Native.CreateTopics(client, in created, 1, options, queue), answer =>
            {
                nuint count;
                return CheckTopics(Native.CreateTopicsResultTopics(Native.CreateTopicsResult(answer), &count), count, attempt);
            });
        }
        finally
        {
            Native.NewTopicDestroy(created);
        }
    }

    public static void DeleteTopic(nint client, string topic, int timeoutMs)
    {
        var deleted = Native.DeleteTopicNew(topic);
        try
        {
            var attempt = $"delete topic {topic}";
            Ask(client, timeoutMs, attempt, (options, queue) => Native.DeleteTopics(client, in deleted, 1, options, queue), answer =>
            {
                nuint count;
                return CheckTopics(Native.DeleteTopicsResultTopics(Native.DeleteTopicsResult(answer), &count), count, attempt);
            });
        }
        finally
        {
            Native.DeleteTopicDestroy(deleted);
        }
    }

    private static T Ask<T>(nint client, int timeoutMs, string attempt, Action<nint, nint> send, Func<nint, T> read)
    {
        var options = Native.AdminOptionsNew(client, Native.OpAny);
        var queue = Native.QueueNew(client);
        nint answer = 0;
        try
        {
            KafkaError.Check(Native.AdminOptionsSetTimeout(options, timeoutMs, null, 0), attempt);
            send(options, queue);
            answer = Native.QueuePoll(queue, timeoutMs + 1_000);
            if (answer == 0) throw KafkaError.Exception(KafkaError.TimedOut, attempt);
            var error = Native.EventError(answer);
            if (error != KafkaError.None) throw KafkaError.Exception(error, attempt, KafkaError.Utf8(Native.EventErrorText(answer)));
            return read(answer);
        }
        finally
        {
            if (answer != 0) Native.EventDestroy(answer);
            Native.QueueDestroy(queue);
            Native.AdminOptionsDestroy(options);
        }
    }

    private static IReadOnlyList<TopicInfo> ReadDescriptions(nint answer)
    {
        nuint count;
        var topics = Native.DescribeTopicsResultTopics(Native.DescribeTopicsResult(answer), &count);
        var infos = new List<TopicInfo>((int)count);
        for (nuint i = 0; i < count; i++) infos.Add(ReadDescription(topics[i]));
        return infos;
    }

    private static TopicInfo ReadDescription(nint topic)
    {
        var name = KafkaError.Utf8(Native.TopicDescriptionName(topic));
        var failure = Native.TopicDescriptionError(topic);
        var error = failure == 0 ? KafkaError.None : Native.ErrorCode(failure);
        if (KafkaError.ProblemOf(error) == KafkaProblemKind.UnknownTopic) return new(name, null, 0, false);
        KafkaError.Check(error, $"describe topic {name}");
        nuint partitions;
        Native.TopicDescriptionPartitions(topic, &partitions);
        var uuid = Native.TopicDescriptionId(topic);
        var known = uuid != 0 && (Native.UuidHigh(uuid) != 0 || Native.UuidLow(uuid) != 0);
        return new(name, known ? KafkaError.Utf8(Native.UuidText(uuid)) : null, (int)partitions, true);
    }

    private static bool CheckTopics(nint* results, nuint count, string attempt)
    {
        for (nuint i = 0; i < count; i++)
        {
            var error = Native.TopicResultError(results[i]);
            if (error != KafkaError.None) throw KafkaError.Exception(error, attempt, KafkaError.Utf8(Native.TopicResultErrorText(results[i])));
        }
        return true;
    }
}
