using System.Runtime.InteropServices;

namespace K2I.Kafka;

/// <summary>rd_kafka_message_t: a fetched record, or an error where <see cref="Err"/> is set (the text is then the payload).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMessage
{
    public int Err;
    public nint Topic;
    public int Partition;
    public byte* Payload;
    public nuint Length;
    public byte* Key;
    public nuint KeyLength;
    public long Offset;
    public nint Private;
}

/// <summary>rd_kafka_topic_partition_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeTopicPartition
{
    public byte* Topic;
    public int Partition;
    public long Offset;
    public nint Metadata;
    public nuint MetadataSize;
    public nint Opaque;
    public int Err;
    public nint Private;
}

/// <summary>rd_kafka_topic_partition_list_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativePartitionList
{
    public int Count;
    public int Size;
    public NativeTopicPartition* Items;
}

/// <summary>rd_kafka_vu_t: one tagged argument of rd_kafka_produceva; the union takes 64 bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal unsafe struct NativeProduceArgument
{
    [FieldOffset(0)] public int Type;
    [FieldOffset(8)] public nint Pointer;
    [FieldOffset(8)] public int Int32;
    [FieldOffset(8)] public long Int64;
    [FieldOffset(16)] public nuint Size;
    [FieldOffset(8)] public byte* HeaderName;
    [FieldOffset(16)] public byte* HeaderValue;
    [FieldOffset(24)] public nint HeaderSize;

    public const int Topic = 2, Partition = 3, Value = 4, Key = 5, Opaque = 6, Flags = 7, Timestamp = 8, Header = 9;
}

/// <summary>rd_kafka_metadata_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMetadata
{
    public int BrokerCount;
    public NativeMetadataBroker* Brokers;
    public int TopicCount;
    public NativeMetadataTopic* Topics;
    public int OriginBrokerId;
    public byte* OriginBrokerName;
}

/// <summary>rd_kafka_metadata_broker_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMetadataBroker
{
    public int Id;
    public byte* Host;
    public int Port;
}

/// <summary>rd_kafka_metadata_topic_t.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeMetadataTopic
{
    public byte* Name;
    public int PartitionCount;
    public nint Partitions;
    public int Err;
}
