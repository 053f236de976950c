using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Says which files are to be merged or written anew. Pure.</summary>
/// <remarks>
/// Each partition for itself; files of older partition specs together, for their rows go into partitions of the current one, but where
/// rows are to lie as they come. With T the target size:
/// <code>
///   generation   merged once there are                                     become
///   any but 3    files that make ¾ T together                              whole files
///   0            LeastFiles, or ∛(T / their average), if that is more      generation 1, with those of 0
///   1            LeastFiles, or √(T / their average), if that is more      generation 2, with those of 0
///   0, 1, 2      two, where the partition is quiet                          one more than the highest
/// </code>
/// So three times of merging lead from files of any size to whole ones, and a row is merged three times at most
/// (<see cref="Generation"/>): files of ¾ T or of generation 3 are inputs no more. Besides, a file is written anew for its deletes, which
/// costs no more than their ratio says.
/// </remarks>
public static class CompactionPlanner
{
    /// <summary>The jobs, those that take most files together first.</summary>
    public static ImmutableArray<CompactionPlan> Plan(TableInventory state, MaintenancePolicy policy, long nowMs)
    {
        if (policy.Compaction is not { } rules || state.Snapshot is not { } snapshot || !CanRewrite(state.Table.Metadata)) return [];
        var metadata = state.Table.Metadata;
        var target = rules.TargetBytesIn(metadata);
        var commits = metadata.Snapshots.ToDictionary(s => s.SnapshotId);
        var age = RowAge.Of(policy.Retention, metadata, nowMs);
        var plans = new List<CompactionPlan>();
        var wanted = rules.Where is { } where ? new FileFilter(where, metadata) : null;
        var files = state.Files.Where(t => wanted is null || wanted.ShareOf(t.Data.File) != RowShare.None)
            .Select(t => new CompactionInput(t, CameMs(t.Data, commits), DeletedMs(t, commits)));
        foreach (var group in files.GroupBy(f => PlaceOf(metadata, rules, f.File)))
        {
            var spec = rules.AsTheyCome ? metadata.FindSpec(group.Key.SpecId)! : metadata.DefaultSpec;
            if (!CanWrite(metadata, spec)) continue;
            var place = Describe(metadata, group.First().File);
            foreach (var (inputs, generation, why) in Choose([.. group], rules, metadata, target, nowMs))
                plans.AddRange(Split(inputs, rules).Where(j => j.Count > 1 || IsDirty(j[0], rules)).Select(job => new CompactionPlan(
                    ReasonOf(job, place, why))
                {
                    Table = state.Table,
                    Snapshot = snapshot,
                    Inputs = [.. job.Select(f => f.Task)],
                    Spec = spec,
                    Generation = generation,
                    FileBytes = FileBytes(job.Sum(f => f.LiveBytes), target),
                    LeastRowGroupBytes = rules.LeastRowGroupBytes,
                    Order = rules.AsTheyCome ? RowOrder.Unsorted : rules.Order,
                    Kept = age is not null && job.Exists(f => age.MayHaveOlder(f.File)) ? age.Kept : null,
                }));
        }
        return [.. plans.OrderByDescending(p => p.Inputs.Length)];
    }

    private static string ReasonOf(List<CompactionInput> job, string place, string why)
    {
        var average = Units.FormatBytes(job.Sum(f => f.File.FileSizeBytes) / job.Count);
        return string.Create(CultureInfo.InvariantCulture, $"{job.Count} files of {average} on average in {place}: {why}");
    }

    /// <summary>Everything in it can be read and written by this build.</summary>
    private static bool CanRewrite(TableMetadata table) =>
        table.FormatVersion >= 2 && IsKnown(table.CurrentSchema.Struct) && CanWrite(table, table.DefaultSpec);

    private static bool CanWrite(TableMetadata table, PartitionSpec spec) => spec.IsWritable && spec.Fields.All(
        f => f.Transform.Kind == TransformKind.Void || table.CurrentSchema.FindById(f.SourceId) is not null);

    private static bool IsKnown(DataType type) => type is not OpaqueType && Schema.ChildrenOf(type).All(f => IsKnown(f.Type));

    private static (int SpecId, PartitionTuple Partition) PlaceOf(TableMetadata table, CompactionPolicy rules, DataFile file) =>
        (file.SpecId, rules.AsTheyCome || file.SpecId == table.DefaultSpecId ? file.Partition : PartitionTuple.Empty);

    private static string Describe(TableMetadata table, DataFile file)
    {
        if (file.SpecId != table.DefaultSpecId) return $"files of partition spec {file.SpecId}";
        var spec = table.DefaultSpec;
        return spec.IsUnpartitioned ? "the table" : PartitionPath.Of(spec, table.PartitionTypes(spec), file.Partition);
    }

    /// <summary>When the rows of a file came; 0 where that is long ago, or where they were only moved.</summary>
    private static long CameMs(ManifestEntry entry, Dictionary<SnapshotId, Snapshot> commits) =>
        entry.SnapshotId is { } id && commits.TryGetValue(id, out var commit) && commit.Operation != "replace" ? commit.TimestampMs : 0;

    /// <summary>
    /// When rows were last deleted by their place, which is what a commit meanwhile would be in conflict with; 0 for long ago.
    /// </summary>
    private static long DeletedMs(ScanTask task, Dictionary<SnapshotId, Snapshot> commits) =>
        task.Deletes.Where(d => d.File.Content == FileContent.PositionDeletes).Select(d => CameMs(d, commits)).DefaultIfEmpty(0).Max();

    private static IEnumerable<(List<CompactionInput> Inputs, int Generation, string Why)> Choose(
        List<CompactionInput> files, CompactionPolicy rules, TableMetadata table, long target, long nowMs)
    {
        var settled = files.Where(f => f.CanBeRead && f.MayBeReordered(rules.Order, table) && nowMs - f.AddedMs >= rules.SettleMs)
            .Where(f => !CompactionInput.HasTooManyKeyDeletes(f.Task, rules)).ToList();
        var dirty = settled.Where(f => IsDirty(f, rules)).ToList();
        var mergeable = settled.Where(f => f.Generation < Generation.Last && f.LiveBytes < Whole(target))
            .Where(f => nowMs - f.DeletedMs >= rules.SettleMs).ToList();
        if (Merge(mergeable, rules, target, nowMs - files.Max(f => f.AddedMs)) is var (merged, why))
        {
            yield return (merged, Math.Min(Generation.Last, merged.Max(f => f.Generation) + 1), why);
            dirty.RemoveAll(new HashSet<CompactionInput>(merged).Contains);
        }
        if (dirty.Count > 0) yield return (dirty, dirty.Max(f => f.Generation),
            string.Create(CultureInfo.InvariantCulture, $"{dirty.Sum(f => f.DeletedRows)} of their rows are known to be deleted"));
    }

    private static (List<CompactionInput> Inputs, string Why)? Merge(List<CompactionInput> files, CompactionPolicy rules, long target,
        long quietMs)
    {
        if (files.Count < 2) return null;
        if (files.Sum(f => f.LiveBytes) >= Whole(target)) return (files, "together they are whole files");
        for (var generation = Generation.Last - 2; generation >= 0; generation--)
        {
            var same = files.Where(f => f.Generation == generation).ToList();
            if (same.Count == 0) continue;
            var average = Math.Max(1.0, same.Average(f => f.LiveBytes));
            if (same.Count >= Math.Max(Math.Max(2, rules.LeastFiles), Math.Pow(target / average, 1.0 / (Generation.Last - generation))))
                return ([.. files.Where(f => f.Generation <= generation)], "they are many and small");
        }
        return quietMs >= rules.QuietMs && WithoutLarge(files) is { Count: > 1 } rest ? (rest, "no more is to come") : null;
    }

    /// <summary>
    /// Without those that are larger than all the others together, which are not worth being written again for so little.
    /// </summary>
    private static List<CompactionInput> WithoutLarge(List<CompactionInput> files)
    {
        var bySize = files.OrderBy(f => f.LiveBytes).ToList();
        var sum = bySize.Sum(f => f.LiveBytes);
        while (bySize.Count > 0 && bySize[^1].LiveBytes > sum - bySize[^1].LiveBytes)
        {
            sum -= bySize[^1].LiveBytes;
            bySize.RemoveAt(bySize.Count - 1);
        }
        return [.. files.Where(bySize.ToHashSet().Contains)];
    }

    private static bool IsDirty(CompactionInput file, CompactionPolicy rules) =>
        file.DeletedRows > 0 && file.DeletedRows >= rules.DeletedRatio * file.File.RecordCount
            || file.Task.Deletes.Length >= rules.MostDeleteFiles;

    /// <summary>Even parts, each small enough for one job, in order.</summary>
    private static IEnumerable<List<CompactionInput>> Split(List<CompactionInput> files, CompactionPolicy rules)
    {
        var total = files.Sum(f => f.File.FileSizeBytes);
        var parts = Math.Max(Math.DivRem(total - 1, Math.Max(1, rules.MostJobBytes)).Quotient,
            (files.Count - 1) / Math.Max(1, rules.MostJobFiles)) + 1;
        var (bytes, count) = (total / parts, Math.Min(rules.MostJobFiles, ((files.Count - 1) / parts) + 1));
        var part = new List<CompactionInput>();
        var keys = new Dictionary<string, long>(StringComparer.Ordinal);
        long has = 0;
        foreach (var file in files)
        {
            var more = file.KeyDeletes.Where(d => !keys.ContainsKey(d.FilePath)).Sum(CompactionInput.KeyBytesOf);
            if (part.Count > 0 && (has + file.File.FileSizeBytes > rules.MostJobBytes || has >= bytes || part.Count >= count
                || keys.Values.Sum() + more > rules.MostKeyBytes))
            {
                yield return part;
                (part, has) = ([], 0);
                keys.Clear();
            }
            part.Add(file);
            has += file.File.FileSizeBytes;
            foreach (var deletes in file.KeyDeletes) keys[deletes.FilePath] = CompactionInput.KeyBytesOf(deletes);
        }
        yield return part;
    }

    /// <summary>What a file has at least that is left as it is.</summary>
    internal static long Whole(long target) => target / 4 * 3;

    /// <summary>The size at which a file is ended, so that there are as many as fit and the last is no crumb.</summary>
    private static long FileBytes(long total, long target)
    {
        var files = Math.Max(1, (long)Math.Round((double)total / target));
        return Math.Max(target, total / files / 100 * 105);
    }
}
