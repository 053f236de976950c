using System.Collections.Immutable;

using K2I.Base;
using K2I.Columns;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>
/// The two columns of version 3 that say who a row is, for rows whose file leaves them out: to be put beside its other columns when they
/// are copied.
/// </summary>
/// <remarks>Source: table spec, "Row Lineage".</remarks>
public static class RowLineageColumns
{
    private const int BatchRows = 16_384;

    private static readonly Schema Columns = Schema.Of(MetadataColumns.RowId, MetadataColumns.LastUpdated);

    /// <summary>Their field ids.</summary>
    public static ImmutableArray<int> Ids { get; } = [MetadataColumns.RowId.Id, MetadataColumns.LastUpdated.Id];

    /// <summary>One row group of rows with ascending ids and one sequence number, in memory: some bits a row.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="firstRowId">Of the first of them.</param>
    /// <param name="sequenceNumber">Of their last change.</param>
    /// <param name="codec">What the other columns are compressed with.</param>
    /// <param name="buffers">Memory shared with others.</param>
    public static RowGroupSource Of(long rows, long firstRowId, long sequenceNumber, ParquetCodec codec, ParquetBuffers buffers)
    {
        var bytes = new MemorySink();
        var options = ParquetOptions.Default with
        {
            Codec = codec,
            RowGroupBytes = long.MaxValue,
            Encodings = ImmutableDictionary<string, ColumnEncoding>.Empty.Add(MetadataColumns.RowId.Name, ColumnEncoding.DeltaBinaryPacked),
        };
        using (var writer = new ParquetWriter(Columns, options, bytes, buffers))
        {
            using var batch = BatchBuilder.ForScratch(Columns, BatchRows * 2 * sizeof(long) * 2);
            for (long row = 0; row < rows; row++)
            {
                batch.Column(0).AppendLong(firstRowId + row);
                batch.Column(1).AppendLong(sequenceNumber);
                Check.That(batch.EndRow());
                if (batch.Rows < BatchRows && row < rows - 1) continue;
                writer.Write(batch.View(), 0, batch.Rows);
                batch.Reset();
            }
            writer.Finish();
        }
        return new RowGroupSource(new MemorySource("row lineage", bytes.Written));
    }

    /// <summary>
    /// The file has them itself, for every row: true; it has none: false; null where some rows have and others inherit.
    /// </summary>
    public static bool? AreIn(RowGroupSource file)
    {
        if (!file.ColumnIds.Any(Ids.Contains)) return false;
        return Ids.All(id => Enumerable.Range(0, file.RowGroups).All(g => file.NullsOf(g, id) == 0)) ? true : null;
    }
}
