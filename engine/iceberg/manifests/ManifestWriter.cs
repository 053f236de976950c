using System.Collections.Immutable;
using System.Globalization;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>One manifest being written in memory: entries of one spec and one content. Belongs to one thread.</summary>
internal sealed class ManifestWriter
{
    private readonly int formatVersion;
    private readonly ManifestContent content;
    private readonly PartitionSpec spec;
    private readonly ImmutableArray<DataType?> types;
    private readonly SnapshotId snapshotId;
    private readonly AvroFileWriter file;
    private readonly PartitionSummaryBuilder partitions;
    private readonly int[] files = new int[3];
    private readonly long[] rows = new long[3];
    private long? minSequence;

    public ManifestWriter(TableMetadata table, PartitionSpec spec, ManifestContent content, SnapshotId snapshotId)
    {
        formatVersion = table.FormatVersion;
        this.content = content;
        this.spec = spec;
        types = table.PartitionTypes(spec);
        this.snapshotId = snapshotId;
        partitions = new PartitionSummaryBuilder(types);
        var schema = ManifestSchemas.Entry(formatVersion, ManifestSchemas.Partition(spec, types));
        var invariant = CultureInfo.InvariantCulture;
        KeyValuePair<string, string>[] metadata =
        [
            KeyValuePair.Create("schema", SchemaJson.ToText(table.CurrentSchema)),
            KeyValuePair.Create("schema-id", table.CurrentSchemaId.ToString(invariant)),
            KeyValuePair.Create("partition-spec", Json.Text(j => SpecJson.WriteFields(j, spec.Fields))),
            KeyValuePair.Create("partition-spec-id", spec.SpecId.ToString(invariant)),
            KeyValuePair.Create("format-version", formatVersion.ToString(invariant)),
            KeyValuePair.Create("content", content == ManifestContent.Data ? "data" : "deletes"),
            KeyValuePair.Create("iceberg.schema", SchemaJson.ToText(new Schema(0, schema))),
        ];
        var deflate = !string.Equals(table.Property(TableProperties.ManifestCodec), "uncompressed", StringComparison.OrdinalIgnoreCase);
        file = new AvroFileWriter(AvroSchemas.Record("manifest_entry", schema), metadata, deflate);
    }

    public long Length => file.Length;

    public int Entries => files.Sum();

    /// <summary>A file that this snapshot adds; its sequence numbers are inherited. A data sequence number may be given where it is older (compaction).</summary>
    public void Added(DataFile file, long? sequenceNumber = null) => Write(new ManifestEntry(EntryStatus.Added, snapshotId, sequenceNumber, null, file));

    /// <summary>A file that is carried over from another manifest, its numbers resolved.</summary>
    public void Existing(ManifestEntry entry) => Write(entry with { Status = EntryStatus.Existing });

    /// <summary>A file that this snapshot removes.</summary>
    public void Deleted(ManifestEntry entry) => Write(entry with { Status = EntryStatus.Deleted, SnapshotId = snapshotId });

    /// <summary>The file's bytes and its line in the manifest list, to be stored at <paramref name="path"/>.</summary>
    public (byte[] Bytes, ManifestFile Manifest) Finish(string path)
    {
        var bytes = file.Finish();
        return (bytes, new ManifestFile
        {
            Path = path,
            Length = bytes.Length,
            SpecId = spec.SpecId,
            Content = content,
            SequenceNumber = ManifestFile.UnassignedSequence,
            MinSequenceNumber = minSequence ?? ManifestFile.UnassignedSequence,
            AddedSnapshotId = snapshotId,
            AddedFiles = files[(int)EntryStatus.Added],
            ExistingFiles = files[(int)EntryStatus.Existing],
            DeletedFiles = files[(int)EntryStatus.Deleted],
            AddedRows = rows[(int)EntryStatus.Added],
            ExistingRows = rows[(int)EntryStatus.Existing],
            DeletedRows = rows[(int)EntryStatus.Deleted],
            Partitions = partitions.Build(),
        });
    }

    private void Write(ManifestEntry entry)
    {
        Check.That(entry.File.SpecId == spec.SpecId && entry.File.Partition.Length == types.Length);
        Check.That(entry.File.Content == FileContent.Data == (content == ManifestContent.Data));
        Check.That(entry.Status == EntryStatus.Added || (entry.SnapshotId is not null && entry.SequenceNumber is not null && entry.FileSequenceNumber is not null));
        if (entry.IsLive && entry.SequenceNumber is { } sequence) minSequence = Math.Min(minSequence ?? sequence, sequence);
        file.Append(ManifestEntryCodec.ToAvro(entry, types, formatVersion));
        partitions.Add(entry.File.Partition);
        files[(int)entry.Status]++;
        rows[(int)entry.Status] += entry.File.RecordCount;
    }
}
