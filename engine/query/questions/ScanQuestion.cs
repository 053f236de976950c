using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>Which rows of a table are wanted, and how.</summary>
public sealed record ScanQuestion
{
    /// <summary>As <see cref="IReadViews.Tables"/> has it.</summary>
    public required string Table { get; init; }

    /// <summary>By path, in the order wanted; none means all.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>A condition in the text form of <see cref="ScanFilter"/>; null for all rows.</summary>
    public string? Where { get; init; }

    /// <summary>What rows are put in order by, the first first; none: as they come, those of the snapshot before those in memory.</summary>
    public ImmutableArray<OrderBy> Order { get; init; } = [];

    /// <summary>At most so many rows; null: all there are, and an error where they are more than a query may give.</summary>
    public long? Limit { get; init; }

    /// <summary>A snapshot's id, a branch or tag, or a time (ISO 8601): the table as it was then, without rows in memory.</summary>
    public string? AsOf { get; init; }

    /// <summary>The view has to reach these.</summary>
    public OffsetVector MinOffsets { get; init; } = OffsetVector.Empty;

    /// <summary>How long <see cref="MinOffsets"/> are waited for.</summary>
    public int WaitMs { get; init; }

    public QuerySource Source { get; init; }
}
