using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>Rows of a table are wanted as they are published.</summary>
public sealed record FollowQuestion
{
    /// <summary>As <see cref="IReadViews.Tables"/> has it.</summary>
    public required string Table { get; init; }

    /// <summary>By path, in the order wanted; none means all.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>A condition in the text form of <see cref="ScanFilter"/>; null for all rows.</summary>
    public string? Where { get; init; }

    /// <summary>Where to begin; partitions it does not name begin at their first row in memory. Null: from now on.</summary>
    public OffsetVector? From { get; init; }
}
