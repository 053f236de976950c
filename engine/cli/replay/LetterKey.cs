using K2I.Base;

namespace K2I.Cli.Replay;

/// <summary>Where a dead letter stood in Kafka; <paramref name="TopicId"/> tells a topic from one of the same name before it, and is empty where that is not known.</summary>
internal readonly record struct LetterKey(string Topic, string TopicId, int Partition, Offset Offset)
{
    public override string ToString() => FormattableString.Invariant($"{Topic}/{Partition}/{Offset}");
}
