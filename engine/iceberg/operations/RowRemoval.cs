using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Removes whole data files by a condition on rows: each file must lie inside or outside of it altogether, as far as partition and bounds tell.</summary>
internal sealed class RowRemoval(ScanFilter filter, Table table)
{
    private readonly BoundFilter inside = new(filter, table.Metadata.CurrentSchema, table.Metadata);
    private readonly BoundFilter outside = BoundFilter.Complement(filter, table.Metadata.CurrentSchema, table.Metadata);

    public bool MayBeIn(ManifestFile manifest) => inside.MayMatch(manifest);

    public bool Removes(DataFile file)
    {
        if (!inside.MayMatch(file)) return false;
        if (!outside.MayMatch(file)) return true;
        throw new EngineException(ErrorKind.Invalid, $"table {table.Ident}: {file.FilePath} may have rows that the condition takes and rows that it leaves; only whole files can be removed");
    }
}
