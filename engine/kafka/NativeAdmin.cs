using System.Runtime.InteropServices;

namespace K2I.Kafka;

/// <summary>librdkafka's metadata and admin calls, whose answers arrive as events on a queue.</summary>
internal static unsafe partial class Native
{
    public const int OpAny = 0, OpCreateTopics = 1, OpDeleteTopics = 2;

    [LibraryImport(Library, EntryPoint = "rd_kafka_metadata")]
    public static partial int Metadata(nint client, int allTopics, nint onlyTopic, NativeMetadata** metadata, int timeoutMs);

    [LibraryImport(Library, EntryPoint = "rd_kafka_metadata_destroy")]
    public static partial void MetadataDestroy(NativeMetadata* metadata);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_error")]
    public static partial int EventError(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_error_string")]
    public static partial byte* EventErrorText(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_destroy")]
    public static partial void EventDestroy(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_AdminOptions_new")]
    public static partial nint AdminOptionsNew(nint client, int operation);

    [LibraryImport(Library, EntryPoint = "rd_kafka_AdminOptions_destroy")]
    public static partial void AdminOptionsDestroy(nint options);

    [LibraryImport(Library, EntryPoint = "rd_kafka_AdminOptions_set_request_timeout")]
    public static partial int AdminOptionsSetTimeout(nint options, int timeoutMs, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicCollection_of_topic_names")]
    public static partial nint TopicCollectionOf(in nint names, nuint count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicCollection_destroy")]
    public static partial void TopicCollectionDestroy(nint topics);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DescribeTopics")]
    public static partial void DescribeTopics(nint client, nint topics, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_DescribeTopics_result")]
    public static partial nint DescribeTopicsResult(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DescribeTopics_result_topics")]
    public static partial nint* DescribeTopicsResultTopics(nint result, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicDescription_name")]
    public static partial byte* TopicDescriptionName(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicDescription_topic_id")]
    public static partial nint TopicDescriptionId(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicDescription_partitions")]
    public static partial nint* TopicDescriptionPartitions(nint topic, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_TopicDescription_error")]
    public static partial nint TopicDescriptionError(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_Uuid_base64str")]
    public static partial byte* UuidText(nint uuid);

    [LibraryImport(Library, EntryPoint = "rd_kafka_Uuid_most_significant_bits")]
    public static partial long UuidHigh(nint uuid);

    [LibraryImport(Library, EntryPoint = "rd_kafka_Uuid_least_significant_bits")]
    public static partial long UuidLow(nint uuid);

    [LibraryImport(Library, EntryPoint = "rd_kafka_NewTopic_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint NewTopicNew(string topic, int partitions, int replication, byte* error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_NewTopic_destroy")]
    public static partial void NewTopicDestroy(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_CreateTopics")]
    public static partial void CreateTopics(nint client, in nint topics, nuint count, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_CreateTopics_result")]
    public static partial nint CreateTopicsResult(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_CreateTopics_result_topics")]
    public static partial nint* CreateTopicsResultTopics(nint result, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DeleteTopic_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint DeleteTopicNew(string topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DeleteTopic_destroy")]
    public static partial void DeleteTopicDestroy(nint topic);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DeleteTopics")]
    public static partial void DeleteTopics(nint client, in nint topics, nuint count, nint options, nint queue);

    [LibraryImport(Library, EntryPoint = "rd_kafka_event_DeleteTopics_result")]
    public static partial nint DeleteTopicsResult(nint happening);

    [LibraryImport(Library, EntryPoint = "rd_kafka_DeleteTopics_result_topics")]
    public static partial nint* DeleteTopicsResultTopics(nint result, nuint* count);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_result_error")]
    public static partial int TopicResultError(nint result);

    [LibraryImport(Library, EntryPoint = "rd_kafka_topic_result_error_string")]
    public static partial byte* TopicResultErrorText(nint result);
}
