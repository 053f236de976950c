using System.Globalization;

using K2I.Avro;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>What must hold of a manifest, and of it and its line in a manifest list.</summary>
internal static class ManifestRules
{
    public static void Check(TableMetadata table, ManifestFile manifest, AvroFileReader file, IReadOnlyList<ManifestEntry> entries, Findings findings)
    {
        CheckHeader(table, manifest, file, findings);
        CheckCounts(manifest, entries, findings);
        CheckPartitions(table, manifest, entries, findings);
        foreach (var entry in entries)
        {
            CheckNumbers(manifest, entry, findings);
            FileEntryRules.Check(table, manifest, entry, findings);
        }
    }

    private static void CheckHeader(TableMetadata table, ManifestFile manifest, AvroFileReader file, Findings findings)
    {
        Same("partition-spec-id", manifest.SpecId.ToString(CultureInfo.InvariantCulture));
        if (manifest.SequenceNumber > 0) Same("content", manifest.Content == ManifestContent.Data ? "data" : "deletes");
        findings.Unless(file.Metadata.ContainsKey("schema"), "manifest-header", manifest.Path, "'schema' is missing");
        findings.Unless(file.Metadata.ContainsKey("partition-spec"), "manifest-header", manifest.Path, "'partition-spec' is missing");
        if (file.Metadata.TryGetValue("format-version", out var version))
            findings.Unless(int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= table.FormatVersion, "manifest-header", manifest.Path, $"format version {version} in a table of version {table.FormatVersion}");
        CheckFieldIds(file, manifest.Path, findings);

        void Same(string key, string expected)
        {
            if (file.Metadata.TryGetValue(key, out var text)) findings.Unless(text == expected, "manifest-header", manifest.Path, $"'{key}' is {text}, the manifest list says {expected}");
            else if (key != "content") findings.Error("manifest-header", manifest.Path, $"'{key}' is missing");
        }
    }

    /// <summary>Readers find fields by id, at every depth.</summary>
    public static void CheckFieldIds(AvroFileReader file, string path, Findings findings)
    {
        Look(file.Schema, "");

        void Look(AvroType type, string name)
        {
            foreach (var field in type.Fields)
            {
                var full = name.Length == 0 ? field.Name : $"{name}.{field.Name}";
                findings.Unless(field.Id is not null, "manifest-field-ids", path, $"its field '{full}' has no id");
                Look(field.Type, full);
            }
            if (type.Element is { } element) Look(element, name);
            foreach (var branch in type.Branches) Look(branch, name);
        }
    }

    private static void CheckCounts(ManifestFile manifest, IReadOnlyList<ManifestEntry> entries, Findings findings)
    {
        Count("added files", EntryStatus.Added, manifest.AddedFiles, manifest.AddedRows);
        Count("existing files", EntryStatus.Existing, manifest.ExistingFiles, manifest.ExistingRows);
        Count("deleted files", EntryStatus.Deleted, manifest.DeletedFiles, manifest.DeletedRows);
        if (manifest.SequenceNumber == 0) return;
        var live = entries.Where(e => e.IsLive && e.SequenceNumber is not null).Select(e => e.SequenceNumber!.Value).ToList();
        if (live.Count > 0) findings.Unless(manifest.MinSequenceNumber <= live.Min(), "manifest-min-sequence", manifest.Path, $"the manifest list says {manifest.MinSequenceNumber}, a file has {live.Min()}");

        void Count(string what, EntryStatus status, int? files, long? rows)
        {
            var found = entries.Where(e => e.Status == status).ToList();
            findings.Unless(files is null || files == found.Count, "manifest-counts", manifest.Path, $"{found.Count} {what}, the manifest list says {files}");
            findings.Unless(rows is null || rows == found.Sum(e => e.File.RecordCount), "manifest-counts", manifest.Path, $"{what} with {found.Sum(e => e.File.RecordCount)} rows, the manifest list says {rows}");
        }
    }

    private static void CheckPartitions(TableMetadata table, ManifestFile manifest, IReadOnlyList<ManifestEntry> entries, Findings findings)
    {
        if (table.FindSpec(manifest.SpecId) is not { } spec || manifest.Partitions.Length != spec.Fields.Length) return;
        var types = table.PartitionTypes(spec);
        for (var at = 0; at < types.Length; at++)
        {
            var summary = manifest.Partitions[at];
            foreach (var value in entries.Where(e => e.File.Partition.Length == types.Length).Select(e => e.File.Partition[at]))
            {
                if (Outside(summary, types[at], value) is not { } why) continue;
                findings.Error("partition-summary", manifest.Path, $"partition field '{spec.Fields[at].Name}': {why}");
                break;
            }
        }
    }

    private static string? Outside(PartitionSummary summary, DataType? type, byte[]? value)
    {
        if (value is null) return summary.ContainsNull ? null : "a null, the manifest list says there is none";
        if (type is null or OpaqueType) return null;
        if (SingleValue.IsNaN(type, value)) return summary.ContainsNan == false ? "a NaN, the manifest list says there is none" : null;
        // Iceberg Java orders uuids as signed numbers.
        if (type.Kind == TypeKind.Uuid || summary.LowerBound is null || summary.UpperBound is null) return null;
        return SingleValue.Compare(type, value, summary.LowerBound) < 0 || SingleValue.Compare(type, value, summary.UpperBound) > 0 ? "a value outside of the bounds in the manifest list" : null;
    }

    private static void CheckNumbers(ManifestFile manifest, ManifestEntry entry, Findings findings)
    {
        var path = entry.File.FilePath;
        findings.Unless(entry.File.Content == FileContent.Data == (manifest.Content == ManifestContent.Data), "entry-content", manifest.Path, $"{path} is of content {entry.File.Content}");
        if (manifest.SequenceNumber == 0) return;
        if (entry.SequenceNumber is not { } data || entry.FileSequenceNumber is not { } file)
        {
            findings.Error("entry-numbers", manifest.Path, $"{path} is {entry.Status} and has no sequence numbers");
            return;
        }
        findings.Unless(file <= manifest.SequenceNumber && data <= file, "entry-numbers", manifest.Path, $"{path} has sequence numbers {data} and {file}, the manifest {manifest.SequenceNumber}");
        if (entry.Status == EntryStatus.Added) findings.Unless(entry.SnapshotId == manifest.AddedSnapshotId, "entry-snapshot", manifest.Path, $"{path} was added by snapshot {entry.SnapshotId}, the manifest by {manifest.AddedSnapshotId}");
    }
}
