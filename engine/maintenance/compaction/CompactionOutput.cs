using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Parquet;

namespace K2I.Maintenance;

/// <summary>The files that a compaction writes, one open at a time. Owner of the open one; of the others only by name, until a commit has them.</summary>
internal sealed class CompactionOutput : IDisposable
{
    /// <summary>A row group being encoded takes this part of a job's memory; the rest is for reading, and for what grows by doubling.</summary>
    private const int RowGroupShare = 4;

    private const long LeastRowGroupBytes = 1 << 20;

    private readonly CompactionPlan plan;
    private readonly JobContext context;
    private readonly Schema schema;
    private readonly DataFileBuilder builder;
    private readonly ParquetOptions options;
    private readonly Guid id;
    private readonly List<string> created = [];
    private readonly List<DataFile> files = [];
    private readonly List<IReadOnlyDictionary<string, string>> replaced = [];
    private IReadOnlyDictionary<string, string> from = ImmutableDictionary<string, string>.Empty;
    private DataFileOutput? open;

    internal CompactionOutput(CompactionPlan plan, JobContext context, Schema schema)
    {
        (this.plan, this.context, this.schema) = (plan, context, schema);
        builder = new DataFileBuilder(plan.Table.Metadata);
        var memory = Math.Min(context.MemoryBytes, context.Buffers.LimitBytes);
        options = ParquetProperties.OptionsOf(plan.Table.Metadata, Math.Max(LeastRowGroupBytes, memory / RowGroupShare));
        id = context.Random.NewTimeGuid(context.Clock.UnixMs);
    }

    /// <summary>Those that are complete.</summary>
    internal IReadOnlyList<DataFile> Files => files;

    /// <summary>The rows to come were in a file that says this of itself.</summary>
    internal void From(IReadOnlyDictionary<string, string> metadata) =>
        from = metadata.Where(e => e.Key != DataFileOutput.SchemaKey).ToDictionary(StringComparer.Ordinal);

    internal void Write(ScanBatch rows)
    {
        open ??= Open();
        if (replaced is not [.., var last] || last != from) replaced.Add(from);
        if (rows.Selected is { } selected) open.Writer.Write(rows.Batch, selected.Span);
        else open.Writer.Write(rows.Batch, 0, rows.Batch.Rows);
        if (open.Bytes + open.Writer.PendingBytes >= plan.FileBytes) Close();
    }

    /// <summary>Ends the last file, and returns all.</summary>
    internal IReadOnlyList<DataFile> Finish()
    {
        Close();
        return files;
    }

    /// <summary>Removes what was written: no snapshot names it, and none will.</summary>
    internal void Remove()
    {
        foreach (var location in created)
        {
            try
            {
                _ = context.Store.Delete(location);
            }
            catch (EngineException error)
            {
                context.Log.Warn("a file that no snapshot refers to could not be removed", ("table", context.Ident), ("file", location), ("error", error.Message));
            }
        }
    }

    public void Dispose()
    {
        open?.Dispose();
        open = null;
    }

    private DataFileOutput Open()
    {
        var (spec, partition) = (plan.Table.Metadata.DefaultSpec, plan.Inputs[0].Data.File.Partition);
        var location = builder.LocationFor(spec, partition, Generation.NameOf(created.Count + 1, plan.Generation, id));
        var target = context.Store.Create(location);
        created.Add(location);
        try
        {
            return new DataFileOutput(builder, spec, partition, schema, options, target, buffers: context.Buffers);
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    private void Close()
    {
        if (open is null) return;
        foreach (var (key, value) in context.Use.FileMetadataOf(replaced)) open.Writer.SetMetadata(key, value);
        files.Add(open.Finish());
        open.Dispose();
        open = null;
        replaced.Clear();
    }
}
