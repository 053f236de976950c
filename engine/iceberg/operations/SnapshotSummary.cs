using System.Collections.Immutable;
using System.Globalization;

namespace K2I.Iceberg;

/// <summary>Counts what a snapshot adds and removes. Totals come from the manifests where those count, else from the parent's summary; absent where the parent lacks one.</summary>
internal sealed class SnapshotSummary
{
    private static readonly (string Total, string Added, string Removed)[] Totals =
    [
        (SummaryKeys.TotalRecords, SummaryKeys.AddedRecords, SummaryKeys.DeletedRecords),
        (SummaryKeys.TotalFilesSize, SummaryKeys.AddedFilesSize, "removed-files-size"),
        (SummaryKeys.TotalDataFiles, SummaryKeys.AddedDataFiles, "deleted-data-files"),
        (SummaryKeys.TotalDeleteFiles, "added-delete-files", "removed-delete-files"),
        (SummaryKeys.TotalPositionDeletes, SummaryKeys.AddedPositionDeletes, "removed-position-deletes"),
        (SummaryKeys.TotalEqualityDeletes, SummaryKeys.AddedEqualityDeletes, "removed-equality-deletes"),
    ];

    private readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly HashSet<(int Spec, PartitionTuple Partition)> partitions = [];

    public void Added(DataFile file) => Count(file, "added");

    public void Removed(DataFile file) => Count(file, "removed");

    /// <summary>The whole summary; the application's own entries may not replace the format's.</summary>
    public ImmutableSortedDictionary<string, string> Build(string operation, Snapshot? parent, ManifestCounts? counted, IEnumerable<KeyValuePair<string, string>> extra)
    {
        var summary = SummaryKeys.Empty.ToBuilder();
        foreach (var (key, value) in extra) summary[key] = value;
        foreach (var (key, value) in counts)
            if (value != 0) summary[key] = Text(value);
        summary[SummaryKeys.ChangedPartitionCount] = Text(partitions.Count);
        foreach (var (total, added, removed) in Totals)
        {
            long before = 0;
            if (parent is not null && !(parent.Summary.TryGetValue(total, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out before))) continue;
            var after = before + counts.GetValueOrDefault(added) - counts.GetValueOrDefault(removed);
            if (after >= 0) summary[total] = Text(after);    // below 0 the parent's was wrong: better none
        }
        if (counted is { } exact)
        {
            summary[SummaryKeys.TotalDataFiles] = Text(exact.DataFiles);
            summary[SummaryKeys.TotalRecords] = Text(exact.Records);
            summary[SummaryKeys.TotalDeleteFiles] = Text(exact.DeleteFiles);
        }
        summary[SummaryKeys.Operation] = operation;
        return summary.ToImmutable();
    }

    /// <summary>What was counted, by key of the summary.</summary>
    public IReadOnlyDictionary<string, long> Counts => counts;

    /// <summary>What the manifests' counts must have changed by.</summary>
    public ManifestCounts Change => new(
        Net(SummaryKeys.AddedDataFiles, "deleted-data-files"), Net(SummaryKeys.AddedRecords, SummaryKeys.DeletedRecords), Net("added-delete-files", "removed-delete-files"));

    private long Net(string added, string removed) => counts.GetValueOrDefault(added) - counts.GetValueOrDefault(removed);

    /// <summary>How many manifests were made for snapshot <paramref name="id"/>, how many stayed, how many of those with live files went.</summary>
    public void CountManifests(IReadOnlyList<ManifestFile> before, ImmutableArray<ManifestFile> after, SnapshotId id)
    {
        var paths = after.Select(m => m.Path).ToHashSet(StringComparer.Ordinal);
        var created = after.Count(m => m.AddedSnapshotId == id);
        Set(SummaryKeys.ManifestsCreated, created);
        Set(SummaryKeys.ManifestsKept, after.Length - created);
        Set(SummaryKeys.ManifestsReplaced, before.Count(m => m.MayHaveLiveFiles && !paths.Contains(m.Path)));
    }

    public void Set(string key, long count) => counts[key] = count;

    private void Count(DataFile file, string verb)
    {
        partitions.Add((file.SpecId, file.Partition));
        Add($"{verb}-files-size", file.ContentSizeBytes ?? file.FileSizeBytes);
        if (file.Content == FileContent.Data)
        {
            Add(verb == "added" ? SummaryKeys.AddedDataFiles : "deleted-data-files", 1);
            Add(verb == "added" ? SummaryKeys.AddedRecords : SummaryKeys.DeletedRecords, file.RecordCount);
            return;
        }
        Add($"{verb}-delete-files", 1);
        if (file.Content == FileContent.EqualityDeletes)
        {
            Add($"{verb}-equality-delete-files", 1);
            Add($"{verb}-equality-deletes", file.RecordCount);
            return;
        }
        Add(file.IsDeletionVector ? $"{verb}-dvs" : $"{verb}-position-delete-files", 1);
        Add($"{verb}-position-deletes", file.RecordCount);
    }

    private void Add(string key, long count) => counts[key] = counts.GetValueOrDefault(key) + count;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
