using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>A consistent-enough picture of the running engine for people and metrics; made on request by any thread.</summary>
public sealed record EngineStatus(long StartedUnixMs, ImmutableArray<TableStatus> Tables, ImmutableArray<LaneStatus> Lanes,
    string Breaker = "")
{
    /// <summary>Topics that templates match and make no table of.</summary>
    public ImmutableArray<RefusedTopic> RefusedTopics { get; init; } = [];

    /// <summary>Memory of rows that are in a table and stay for readers while nobody needs the room.</summary>
    public long FlushedBytes { get; init; }

    /// <summary>Memory of rows that readers keep, given up by all others.</summary>
    public long PinnedBytes { get; init; }

    /// <summary>Memory of all key indexes.</summary>
    public long IndexBytes { get; init; }

    /// <summary>Every table is running and nothing asks for a person.</summary>
    public bool Healthy => Tables.All(t => t.Healthy);

    /// <summary>Every table reads its topics.</summary>
    public bool Ready => Tables.All(t => t.State == TableState.Running);
}
