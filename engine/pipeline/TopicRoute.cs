using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>What becomes of a topic.</summary>
/// <param name="Tables">The tables that it feeds.</param>
/// <param name="Refused">The templates that match it and make no table of it.</param>
public sealed record TopicRoute(ImmutableArray<TableOptions> Tables, ImmutableArray<RefusedTopic> Refused);
