namespace K2I.Iceberg;

/// <summary>How far a <see cref="TableLinter"/> looks.</summary>
public sealed record LintOptions
{
    /// <summary>Only the current snapshot, not every one that the table still has.</summary>
    public bool CurrentOnly { get; init; }

    /// <summary>Open data and delete files: their footers and rows of deletes against what manifests say.</summary>
    public bool Deep { get; init; }

    /// <summary>Also name files below the table's location that nothing refers to. A writer at work has such files too.</summary>
    public bool Orphans { get; init; }
}
