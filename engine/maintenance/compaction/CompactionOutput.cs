using System.Collections.Immutable;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Parquet;

namespace K2I.Maintenance;

/// <summary>Encodes the rows of a compaction into files, one open at a time. Owner of the open one. One thread.</summary>
internal sealed class CompactionOutput : IDisposable
{
    private const long LeastRowGroupBytes = 1 << 20;

    private readonly CompactionPlan plan;
    private readonly JobContext context;
    private readonly Schema schema;
    private readonly PartitionRouter? router;
    private readonly bool isMixed, isTableOrder;
    private readonly CompactionFiles files;
    private readonly ParquetOptions options;
    private readonly List<IReadOnlyDictionary<string, string>> replaced = [];
    private IReadOnlyDictionary<string, string> from = ImmutableDictionary<string, string>.Empty;
    private DataFileOutput? open;
    // The open file has rows of an input before.
    private bool wasOpen;
    private int partition;
    private int[] numbers = [];
    private Ordinal[] all = [];

    /// <param name="plan">What is written.</param>
    /// <param name="context">Of the job.</param>
    /// <param name="files">Of the job.</param>
    /// <param name="schema">Of the rows.</param>
    /// <param name="router">
    /// Tells partitions of rows apart, which come partition by partition; null: all are of the inputs' partition.
    /// </param>
    /// <param name="isMixed">Rows come in another order than in the inputs.</param>
    /// <param name="sorted">That order, where it has a name.</param>
    /// <param name="rowGroupBytes">What a row group may take of the memory.</param>
    internal CompactionOutput(
        CompactionPlan plan, JobContext context, CompactionFiles files, Schema schema, PartitionRouter? router, bool isMixed,
            SortOrder? sorted,
        long rowGroupBytes)
    {
        (this.plan, this.context, this.files, this.schema, this.router, this.isMixed) = (plan, context, files, schema, router, isMixed);
        isTableOrder = sorted is { Fields.IsEmpty: false } && sorted.Fields.SequenceEqual(plan.Table.Metadata.DefaultSortOrder.Fields);
        options = ParquetProperties.OptionsOf(plan.Table.Metadata, Math.Max(LeastRowGroupBytes, rowGroupBytes)) with
        {
            SortingColumns = [.. (sorted?.Fields ?? []).TakeWhile(f => f.Transform == Transform.Identity)
                .Select(f => new SortingColumn(f.SourceId, f.Descending, !f.NullsLast))],
        };
    }

    /// <summary>
    /// The rows to come were in this file, which says this of itself; where they are mixed, any file may have some of them. Files end
    /// between two inputs where that comes near enough to their size, so that others' deletes of rows of one concern few.
    /// </summary>
    internal void From(ScanTask input, IReadOnlyDictionary<string, string> metadata)
    {
        var half = input.Data.File.FileSizeBytes / 2;
        if (!isMixed && open is not null && open.Bytes + open.Writer.PendingBytes + half >= plan.FileBytes) Close();
        wasOpen = open is not null;
        // Rows that are mixed come here before any of them is written.
        files.From(input, isOpen: isMixed || wasOpen);
        from = metadata.Where(e => e.Key != DataFileOutput.SchemaKey).ToDictionary(StringComparer.Ordinal);
        if (isMixed) replaced.Add(from);
    }

    /// <summary>Takes these rows of a batch in this order, or all of it if null.</summary>
    internal void Write(Batch batch, ReadOnlyMemory<Ordinal>? ordinals)
    {
        if (router is null) Append(batch, ordinals);
        else WriteRouted(batch, ordinals, router);
    }

    /// <summary>Ends the last file.</summary>
    internal void Finish() => Close();

    public void Dispose()
    {
        open?.Dispose();
        open = null;
    }

    private void WriteRouted(Batch batch, ReadOnlyMemory<Ordinal>? ordinals, PartitionRouter router)
    {
        if (numbers.Length < batch.Rows) (numbers, all) = (new int[batch.Rows],
            [.. Enumerable.Range(0, batch.Rows).Select(r => new Ordinal(r))]);
        router.Route(batch.Columns, 0, numbers.AsSpan(0, batch.Rows));
        var rows = ordinals ?? all.AsMemory(0, batch.Rows);
        for (int from = 0, to = 0; from < rows.Length; from = to)
        {
            var number = numbers[rows.Span[from].Value];
            while (to < rows.Length && numbers[rows.Span[to].Value] == number) to++;
            if (number != partition) Close();
            partition = number;
            Append(batch, rows[from..to]);
        }
    }

    private void Append(Batch batch, ReadOnlyMemory<Ordinal>? ordinals)
    {
        open ??= Open();
        if (!isMixed && (replaced is not [.., var last] || last != from)) replaced.Add(from);
        if (ordinals is { } some) open.Writer.Write(batch, some.Span);
        else open.Writer.Write(batch, 0, batch.Rows);
        if (!wasOpen && open.Bytes + open.Writer.PendingBytes >= plan.FileBytes) Close();
    }

    private DataFileOutput Open()
    {
        var partition = router is null ? plan.Inputs[0].Data.File.Partition : router.Partitions[this.partition];
        var target = files.Create(partition);
        try
        {
            return new DataFileOutput(files.Builder, plan.Spec, partition, schema, options, target, buffers: context.Buffers);
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
        files.Add(open.Finish(isTableOrder));
        open.Dispose();
        open = null;
        wasOpen = false;
        if (!isMixed) replaced.Clear();
    }
}
