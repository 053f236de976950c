using K2I.Columns;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg.Tests;

/// <summary>Writes rows into Parquet files of a table, one per partition, as the flush does.</summary>
internal static class ParquetFiles
{
    public static List<DataFile> Write(Table table, Batch batch, IObjectStore store, int rowsPerGroup = int.MaxValue)
    {
        var spec = table.Metadata.DefaultSpec;
        var router = new PartitionRouter(spec, batch.Schema);
        var indexes = new int[batch.Rows];
        router.Route(batch.Columns, 0, indexes);
        var builder = new DataFileBuilder(table.Metadata);
        var files = new List<DataFile>();
        for (var partition = 0; partition < router.Partitions.Count; partition++)
        {
            var rows = Enumerable.Range(0, batch.Rows).Where(r => indexes[r] == partition).Select(r => new Ordinal(r)).ToArray();
            var location = builder.LocationFor(spec, router.Partitions[partition], $"{Guid.NewGuid():N}.parquet");
            using var writer = store.Create(location);
            var options = rowsPerGroup == int.MaxValue ? ParquetOptions.Default : ParquetOptions.Default with { RowGroupBytes = 2000, PageRows = 20 };
            using var parquet = new ParquetWriter(batch.Schema, options, new ObjectSink(writer));
            foreach (var chunk in rows.Chunk(Math.Min(rows.Length, rowsPerGroup))) parquet.Write(batch, chunk);
            var result = parquet.Finish();
            writer.Complete();
            Assert.Equal(writer.Length, result.Bytes);
            files.Add(builder.Build(location, result, spec.SpecId, router.Partitions[partition]));
        }
        return files;
    }
}
