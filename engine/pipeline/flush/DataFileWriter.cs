using System.Globalization;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// Writes the rows of a flush as data files: one per Iceberg partition, or more where one grows past the table's target size. Rows are grouped
/// first, so that one file is open at a time however many partitions there are; a few more are on their way to the store. Whoever works for
/// the table.
/// </summary>
internal sealed class DataFileWriter(TableStore store, TableOptions options, Flush flush)
{
    private const int MostUnderWay = 3;

    private readonly List<WrittenFile> files = [];
    private readonly Queue<OpenFile> underWay = new();
    private int fileCount;

    /// <summary>Removes files that no snapshot names and none will.</summary>
    internal void Delete(IReadOnlyList<WrittenFile> unused)
    {
        foreach (var file in unused) TryDelete(file.File.FilePath);
    }

    /// <summary>
    /// Writes all of them. After an error call it again, here or after a crash: the same names are written over. They are not removed in between: a removal whose answer
    /// was lost could come late, and hit the file that was written again.
    /// </summary>
    internal IReadOnlyList<WrittenFile> Write(IReadOnlyList<Segment> segments)
    {
        files.Clear();
        fileCount = 0;
        try
        {
            foreach (var (schema, group) in GroupsOf(segments.Where(s => s.PublishedRows > 0).Select(s => s.View())))
            {
                using var fitter = new BatchFitter(schema);
                WriteGroup(schema, [.. group.Select(fitter.Fit)]);
            }
            while (underWay.Count > 0) EndOldest();
        }
        finally
        {
            while (underWay.TryDequeue(out var left)) left.Dispose();
        }
        return files;
    }

    /// <summary>Consecutive batches that one schema, that of the last of them, can hold: columns that were added meanwhile are null in the rows from before.</summary>
    private static List<(Schema Schema, List<Batch> Batches)> GroupsOf(IEnumerable<Batch> batches)
    {
        var groups = new List<(Schema, List<Batch>)>();
        foreach (var batch in batches)
        {
            if (groups is [.., (var schema, var last)] && BatchFitter.Fits(schema, batch.Schema))
            {
                last.Add(batch);
                groups[^1] = (batch.Schema, last);
            }
            else
            {
                groups.Add((batch.Schema, [batch]));
            }
        }
        return groups;
    }

    private void WriteGroup(Schema schema, IReadOnlyList<Batch> batches)
    {
        var spec = store.Spec;
        if (spec.IsUnpartitioned)
        {
            WritePartition(schema, spec, Unpartitioned(spec), batches.Select(b => (b, (Ordinal[]?)null)));
            return;
        }
        var router = new PartitionRouter(spec, schema);
        var rowsByPartition = new List<List<(Batch Batch, Ordinal[]? Ordinals)>>();
        foreach (var batch in batches)
        {
            var partitions = new int[batch.Rows];
            router.Route(batch.Columns, 0, partitions);
            foreach (var (partition, ordinals) in GroupOrdinals(partitions, router.Partitions.Count))
            {
                while (rowsByPartition.Count <= partition) rowsByPartition.Add([]);
                rowsByPartition[partition].Add((batch, ordinals));
            }
        }
        for (var partition = 0; partition < rowsByPartition.Count; partition++)
            if (rowsByPartition[partition].Count > 0) WritePartition(schema, spec, router.Partitions[partition], rowsByPartition[partition]);
    }

    /// <summary>The ordinals of each partition's rows, ascending: a counting sort.</summary>
    private static IEnumerable<(int Partition, Ordinal[] Ordinals)> GroupOrdinals(int[] partitions, int count)
    {
        var sizes = new int[count];
        foreach (var partition in partitions) sizes[partition]++;
        var ordinals = new Ordinal[count][];
        for (var partition = 0; partition < count; partition++) ordinals[partition] = sizes[partition] == 0 ? [] : new Ordinal[sizes[partition]];
        Array.Clear(sizes);
        for (var row = 0; row < partitions.Length; row++)
        {
            var partition = partitions[row];
            ordinals[partition][sizes[partition]++] = new(row);
        }
        for (var partition = 0; partition < count; partition++)
            if (ordinals[partition].Length > 0) yield return (partition, ordinals[partition]);
    }

    private void WritePartition(Schema schema, PartitionSpec spec, PartitionTuple partition, IEnumerable<(Batch Batch, Ordinal[]? Ordinals)> rows)
    {
        OpenFile? open = null;
        try
        {
            foreach (var (batch, ordinals) in rows)
            {
                open ??= Open(schema, spec, partition);
                if (ordinals is null) open.Output.Writer.Write(batch, 0, batch.Rows);
                else open.Output.Writer.Write(batch, ordinals);
                KillPoint.Hit("file.rows-written");
                if (open.Output.Bytes < store.TargetFileBytes) continue;
                End(open);
                open = null;
            }
            if (open is null) return;
            End(open);
            open = null;
        }
        finally
        {
            open?.Dispose();
        }
    }

    private OpenFile Open(Schema schema, PartitionSpec spec, PartitionTuple partition)
    {
        fileCount++;
        var name = string.Create(CultureInfo.InvariantCulture, $"{fileCount:D5}-{flush.Epoch}-{flush.Id}.parquet");
        var target = store.Objects.Create(store.DataLocation(spec, partition, name));
        KillPoint.Hit("file.created");
        var sink = new HashingSink(target);
        try
        {
            var output = new DataFileOutput(
                store.DataFiles, spec, partition, schema, store.ParquetOptions, target, sink, store.ParquetBuffers, store.EncodeTeam);
            output.Writer.SetMetadata(K2IKeys.FlushId, flush.Id);
            output.Writer.SetMetadata(K2IKeys.OffsetRanges, flush.RangesJson());
            return new(output, sink);
        }
        catch
        {
            sink.Dispose();
            target.Dispose();
            throw;
        }
    }

    private void End(OpenFile open)
    {
        open.Output.BeginFinish();
        underWay.Enqueue(open);
        if (underWay.Count > MostUnderWay) EndOldest();
    }

    private void EndOldest()
    {
        using var oldest = underWay.Dequeue();
        files.Add(new(oldest.Output.Finish(), oldest.Sink.Finish()));
    }

    /// <summary>All nulls: a spec without fields, or with void ones only.</summary>
    private static PartitionTuple Unpartitioned(PartitionSpec spec) => spec.Fields.IsEmpty ? PartitionTuple.Empty : new([.. spec.Fields.Select(_ => (byte[]?)null)]);

    private void TryDelete(string location)
    {
        try
        {
            store.Objects.Delete(location);
        }
        catch (EngineException e)
        {
            store.Log.Warn("a data file that no snapshot refers to could not be removed", ("table", options.Name), ("file", location), ("error", e.Message));
        }
    }

    private sealed record OpenFile(DataFileOutput Output, HashingSink Sink) : IDisposable
    {
        public void Dispose()
        {
            Output.Dispose();
            Sink.Dispose();
        }
    }
}
