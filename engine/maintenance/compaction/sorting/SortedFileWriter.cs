using K2I.Columns;
using K2I.Iceberg;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>A file of sorted rows being written; without <see cref="Finish"/> there is none.</summary>
internal sealed class SortedFileWriter : IDisposable
{
    private readonly IObjectWriter target;
    private readonly ParquetWriter writer;

    internal SortedFileWriter(JobContext context, string location, Schema schema, ParquetOptions options)
    {
        target = context.Store.Create(location);
        try
        {
            writer = new ParquetWriter(schema, options, new ObjectSink(target), context.Buffers);
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    internal string Location => target.Location;

    /// <summary>These rows in this order, or all of them if null.</summary>
    internal void Write(Batch batch, ReadOnlyMemory<Ordinal>? ordinals)
    {
        if (ordinals is { } some) writer.Write(batch, some.Span);
        else writer.Write(batch, 0, batch.Rows);
    }

    internal void Finish()
    {
        writer.Finish();
        target.Complete();
    }

    public void Dispose()
    {
        writer.Dispose();
        target.Dispose();
    }
}
