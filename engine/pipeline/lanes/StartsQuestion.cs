using K2I.Base;
using K2I.Kafka;

namespace K2I.Pipeline;

/// <summary>Where do these partitions start? Asked by a lane of whoever works for the table, who asks catalog and broker.</summary>
internal sealed class StartsQuestion(RunPart part, IReadOnlyList<Source> sources) : Question(part)
{
    internal IReadOnlyList<Source> Sources => sources;

    /// <summary>One for each source, in their order.</summary>
    internal IReadOnlyList<StartDecision> Decisions { get; set; } = [];

    /// <summary>Partitions, of this lane or not, whose beginning is decided and not in the table yet; told to one lane alone.</summary>
    internal IReadOnlyList<(TopicPartition Partition, string? TopicId, Offset Start)> Begins { get; set; } = [];

    internal override LaneMessage Answer() => new LaneMessage.Starts(this);
}

/// <summary>Where a partition starts.</summary>
/// <param name="TopicId">Of its topic; null where the broker tells none.</param>
/// <param name="Committed">Where the table stands; none where it has nothing of the partition.</param>
/// <param name="Start">Where Kafka is read from: an offset, or a word.</param>
/// <param name="Found">What the log holds beyond the table, to be taken before.</param>
internal sealed record StartDecision(string? TopicId, Offset Committed, Offset Start, FoundRun? Found);
