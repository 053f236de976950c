using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Kafka;

/// <summary>librdkafka's error codes (negative: the client's own, positive: the broker's), and what they mean here.</summary>
internal static unsafe class KafkaError
{
    public const int None = 0;

    /// <summary>RD_KAFKA_RESP_ERR__PARTITION_EOF: no error, but a message in the place of one.</summary>
    public const int PartitionEnd = -191;
    public const int BadMessage = -199, BadCompression = -198, Destroy = -197, Transport = -195, Resolve = -193, MessageTimedOut = -192;
    public const int UnknownPartitionLocal = -190, UnknownTopicLocal = -188, AllBrokersDown = -187, InvalidArgument = -186, TimedOut = -185, QueueFull = -184;
    public const int Ssl = -181, AssignPartitions = -175, RevokePartitions = -174, PreviousInProgress = -177, State = -172;
    public const int Authentication = -169, NoOffset = -168, Outdated = -167;
    public const int Fatal = -150, MaxPollExceeded = -147, AutoOffsetReset = -140, LogTruncation = -139;
    public const int OffsetOutOfRange = 1, InvalidMessage = 2, UnknownTopic = 3, TopicDenied = 29, GroupDenied = 30, ClusterDenied = 31;
    public const int UnsupportedSasl = 33, TopicExists = 36, SaslFailed = 58, UnknownTopicId = 100;

    public static string Text(int error) => Utf8(Native.ErrorText(error));

    public static string Utf8(byte* text) => text == null ? "" : Marshal.PtrToStringUTF8((nint)text) ?? "";

    public static KafkaProblemKind ProblemOf(int error) => error switch
    {
        Transport or AllBrokersDown or Resolve or TimedOut => KafkaProblemKind.Unavailable,
        Authentication or Ssl or UnsupportedSasl or SaslFailed => KafkaProblemKind.Authentication,
        TopicDenied or GroupDenied or ClusterDenied => KafkaProblemKind.Denied,
        UnknownTopic or UnknownTopicLocal or UnknownPartitionLocal or UnknownTopicId => KafkaProblemKind.UnknownTopic,
        OffsetOutOfRange or AutoOffsetReset or NoOffset or LogTruncation => KafkaProblemKind.OffsetOutOfRange,
        BadMessage or BadCompression or InvalidMessage => KafkaProblemKind.Corrupt,
        MaxPollExceeded => KafkaProblemKind.PollTooLate,
        Fatal => KafkaProblemKind.Fatal,
        _ => KafkaProblemKind.Other,
    };

    public static ErrorKind KindOf(int error) => error switch
    {
        Authentication or Ssl or UnsupportedSasl or SaslFailed or TopicDenied or GroupDenied or ClusterDenied => ErrorKind.Denied,
        UnknownTopic or UnknownTopicLocal or UnknownPartitionLocal or UnknownTopicId => ErrorKind.NotFound,
        TopicExists => ErrorKind.AlreadyExists,
        QueueFull => ErrorKind.Full,
        InvalidArgument => ErrorKind.Invalid,
        BadMessage or BadCompression or InvalidMessage => ErrorKind.Corrupt,
        Fatal => ErrorKind.Fatal,
        _ => ErrorKind.Unavailable,
    };

    /// <summary>The exception for a failed call: what was tried, then librdkafka's text.</summary>
    public static EngineException Exception(int error, string attempt, string? detail = null) =>
        new(KindOf(error), $"kafka: {attempt}: {(string.IsNullOrEmpty(detail) ? Text(error) : detail)}");

    /// <summary>Throws where <paramref name="error"/> is set.</summary>
    public static void Check(int error, string attempt)
    {
        if (error != None) throw Exception(error, attempt);
    }

    /// <summary>Frees an rd_kafka_error_t and throws what it says; null means success.</summary>
    public static void Check(nint error, string attempt)
    {
        if (error == 0) return;
        var (code, text) = (Native.ErrorCode(error), Utf8(Native.ErrorString(error)));
        Native.ErrorDestroy(error);
        throw Exception(code, attempt, text);
    }
}
