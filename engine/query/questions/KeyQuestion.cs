using System.Collections.Immutable;

namespace K2I.Query;

/// <summary>The newest row of a key is wanted.</summary>
public sealed record KeyQuestion
{
    /// <summary>As <see cref="IReadViews.Tables"/> has it.</summary>
    public required string Table { get; init; }

    /// <summary>The values of the key's columns, in the order of <see cref="TableInfo.Key"/>, in the form rows are printed in.</summary>
    public required ImmutableArray<string> Key { get; init; }

    /// <summary>By path, in the order wanted; none means all.</summary>
    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>The view has to reach these.</summary>
    public OffsetVector MinOffsets { get; init; } = OffsetVector.Empty;

    /// <summary>How long <see cref="MinOffsets"/> are waited for.</summary>
    public int WaitMs { get; init; }

    public QuerySource Source { get; init; }
}
