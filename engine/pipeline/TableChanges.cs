using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>What a new set of tables changes, by table; tables that templates make later are not among them.</summary>
public sealed record TableChanges(ImmutableArray<string> Added, ImmutableArray<string> Changed, ImmutableArray<string> Removed);
