namespace K2I.Iceberg;

/// <summary>How far a <see cref="TableLinter"/> looks.</summary>
public sealed record LintOptions
{
    /// <summary>Only the current snapshot, not every one that the table still has.</summary>
    public bool CurrentOnly { get; init; }

    /// <summary>
    /// Open data and delete files: footers (counts, bounds, partition values) and rows of deletes against what manifests say. Costs two or three reads for each file, of data files
    /// the footer alone; rows of data are not read, but for Avro files.
    /// </summary>
    public bool Deep { get; init; }

    /// <summary>Also name files below the table's location that nothing refers to. A writer at work has such files too.</summary>
    public bool Orphans { get; init; }
}
