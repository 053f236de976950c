using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Removes whole data files by a condition on rows: each file must lie inside or outside of it altogether, as far as partition and bounds tell.</summary>
internal sealed class RowRemoval(ScanFilter filter, Table table)
{
    private readonly FileFilter files = new(filter, table.Metadata);

    public bool MayBeIn(ManifestFile manifest) => files.MayBeIn(manifest);

    public bool Removes(DataFile file) => files.ShareOf(file) switch
    {
        RowShare.None => false,
        RowShare.All => true,
        _ => throw new EngineException(ErrorKind.Invalid, $"table {table.Ident}: {file.FilePath} may have rows that the condition takes and rows that it leaves; only whole files can be removed"),
    };
}
