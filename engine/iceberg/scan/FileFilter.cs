namespace K2I.Iceberg;

/// <summary>
/// A condition on rows, asked of whole files: partition and bounds tell of many that all rows meet it, or none. Immutable; any thread.
/// </summary>
public sealed class FileFilter(ScanFilter filter, TableMetadata table)
{
    private readonly BoundFilter inside = new(filter, table.CurrentSchema, table);
    private readonly BoundFilter outside = BoundFilter.Complement(filter, table.CurrentSchema, table);

    /// <summary>False: no file of the manifest has such a row.</summary>
    public bool MayBeIn(ManifestFile manifest) => inside.MayMatch(manifest);

    /// <summary>A row whose value is null does not meet a comparison.</summary>
    public RowShare ShareOf(DataFile file) =>
        !inside.MayMatch(file) ? RowShare.None : outside.MayMatch(file) ? RowShare.Unknown : RowShare.All;
}
