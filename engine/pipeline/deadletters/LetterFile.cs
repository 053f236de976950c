using K2I.Base;
using K2I.Iceberg;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Pipeline;

/// <summary>
/// One data file of dead letters being written. Owner; what is not finished leaves no object. Whoever works for the table.
/// </summary>
internal sealed class LetterFile : IDisposable
{
    private const int LeastBatchBytes = 1 << 20, MostRowGroupBytes = 8 << 20;

    private readonly TableMetadata table;
    private readonly PartitionSpec spec;
    private readonly LetterRows rows;
    private readonly IObjectWriter target;
    private readonly ParquetWriter writer;

    internal LetterFile(Table letters, string name, DeadLetterServices services, int largestBytes)
    {
        table = letters.Metadata;
        // Files of any of the table's specs may be added; letters go by the one without fields, which it was created with.
        spec = table.Specs.FirstOrDefault(s => s.IsUnpartitioned && s.Fields.IsEmpty)
            ?? throw TableStop.Misfit($"incompatible schema: table {letters.Ident} is partitioned and not by k2i; dead letters need one that was created without partitions");
        var schema = table.CurrentSchema;
        target = services.Objects.Create(new DataFileBuilder(table).LocationFor(spec, PartitionTuple.Empty, name));
        try
        {
            // A validity bit, an offset and the fixed columns come to less than twice a letter's own bytes.
            rows = new(schema, Math.Clamp(largestBytes * 2L, LeastBatchBytes, 1L << 30));
            writer =
                new(schema, ParquetProperties.OptionsOf(table, MostRowGroupBytes).Fitting(schema), new ObjectSink(target),
                services.ParquetBuffers);
        }
        catch
        {
            rows?.Dispose();
            target.Dispose();
            throw;
        }
    }

    internal void Add(in LetterReader letter)
    {
        if (!rows.Append(in letter))
        {
            Spill();
            Check.That(rows.Append(in letter));
        }
        if (rows.IsFull) Spill();
    }

    internal DataFile Finish(string flushId)
    {
        Spill();
        writer.SetMetadata(K2IKeys.FlushId, flushId);
        writer.SetMetadata("iceberg.schema", SchemaJson.ToText(table.CurrentSchema));
        var result = writer.Finish();
        target.Complete();
        return new DataFileBuilder(table).Build(target.Location, result, spec.SpecId, PartitionTuple.Empty);
    }

    public void Dispose()
    {
        writer.Dispose();
        rows.Dispose();
        target.Dispose();
    }

    private void Spill()
    {
        if (rows.Rows == 0) return;
        var batch = rows.View();
        writer.Write(batch, 0, batch.Rows);
        rows.Reset();
    }
}
