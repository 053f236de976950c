namespace K2I.Parquet;

/// <summary>Columns of a row group that were copied from one file.</summary>
internal sealed record CopiedRows(RowGroupSource Source, int RowGroup, CopiedChunk[] Chunks)
{
    internal ThriftReader Description => new(Source.Footer.Bytes[Source.Footer.RowGroups[RowGroup].At..]);
}
