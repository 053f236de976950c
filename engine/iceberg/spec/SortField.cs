namespace K2I.Iceberg;

/// <summary>One key of a sort order.</summary>
public sealed record SortField(int SourceId, Transform Transform, bool Descending, bool NullsLast);
