using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>
/// Where rows of a job's inputs lie in its outputs, as long as they keep their order: what others delete of an input while the job runs can
/// then be deleted of an output. One thread.
/// </summary>
/// <remarks>Memory: positions of the rows that were not written; a bit for each row of an input at most.</remarks>
internal sealed class MovedRows
{
    private readonly Dictionary<string, RowPositions> leftOut = new(StringComparer.Ordinal);
    private DataFile? file;
    private long next;

    /// <summary>The selected rows are written; those that no batch has are not. Batches come in the order of their rows.</summary>
    internal void Wrote(ScanBatch batch)
    {
        if (!ReferenceEquals(file, batch.File)) Begin(batch.File);
        LeaveOut(batch.Start);
        if (batch.Selected is { } selected)
            foreach (var ordinal in selected.Span)
            {
                LeaveOut(batch.Start + ordinal.Value);
                next++;
            }
        else next += batch.Batch.Rows;
        LeaveOut(batch.Start + batch.Batch.Rows);
    }

    /// <summary>No more rows come; files without any are not asked for.</summary>
    internal void Finish() => Begin(null);

    /// <summary>
    /// All rows of the inputs that were written are in the outputs: files have the rows that their manifests say. Or there was none left.
    /// </summary>
    internal bool Knows(CompactionGroup group) => group.Outputs.Count == 0 ||
        group.Inputs.Sum(i => i.Data.File.RecordCount - LeftOutOf(i)) == group.Outputs.Sum(o => o.RecordCount);

    /// <summary>
    /// Those rows of a group's outputs that these of its inputs became; those that became none are left away. For a group that it knows.
    /// </summary>
    internal IEnumerable<(DataFile Output, RowPositions Rows)> Find(CompactionGroup group, Func<ScanTask, RowPositions?> rowsOf)
    {
        if (group.Outputs.Count == 0) return [];
        var found = group.Outputs.Select(o => (Output: o, Rows: new RowPositions())).ToList();
        var (output, start, before) = (0, 0L, 0L);
        foreach (var input in group.Inputs)
        {
            var gone = leftOut.GetValueOrDefault(input.Data.File.FilePath);
            foreach (var position in Written(rowsOf(input), gone, input.Data.File.RecordCount))
            {
                while (before + position >= start + found[output].Output.RecordCount) start += found[output++].Output.RecordCount;
                found[output].Rows.Add(before + position - start);
            }
            before += input.Data.File.RecordCount - LeftOutOf(input);
        }
        return found.Where(f => f.Rows.Count > 0);
    }

    /// <summary>Counts among the written rows of a file, of those that are wanted.</summary>
    private static IEnumerable<long> Written(RowPositions? wanted, RowPositions? gone, long rows)
    {
        if (wanted is null) yield break;
        using var lost = (gone?.All() ?? []).GetEnumerator();
        var (has, skipped) = (lost.MoveNext(), 0L);
        foreach (var position in wanted.All())
        {
            if (position >= rows) yield break;
            for (; has && lost.Current < position; has = lost.MoveNext()) skipped++;
            if (!has || lost.Current != position) yield return position - skipped;
        }
    }

    private long LeftOutOf(ScanTask input) => leftOut.GetValueOrDefault(input.Data.File.FilePath)?.Count ?? 0;

    private void Begin(DataFile? other)
    {
        if (file is not null) LeaveOut(file.RecordCount);
        (file, next) = (other, 0);
    }

    private void LeaveOut(long to)
    {
        if (next >= to) return;
        if (!leftOut.TryGetValue(file!.FilePath, out var positions)) leftOut[file.FilePath] = positions = new();
        for (; next < to; next++) positions.Add(next);
    }
}
