using System.Collections.Immutable;
using System.Globalization;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>One manifest being written in memory: entries of one spec and one content. Belongs to one thread.</summary>
internal sealed class ManifestWriter
{
    private readonly int _formatVersion;
    private readonly ManifestContent _content;
    private readonly PartitionSpec _spec;
    private readonly ImmutableArray<DataType?> _types;
    private readonly long _snapshotId;
    private readonly AvroFileWriter _file;
    private readonly PartitionSummaryBuilder _partitions;
    private readonly int[] _files = new int[3];
    private readonly long[] _rows = new long[3];
    private long? _minSequence;

    public ManifestWriter(TableMetadata table, PartitionSpec spec, ManifestContent content, long snapshotId)
    {
        _formatVersion = table.FormatVersion;
        _content = content;
        _spec = spec;
        _types = table.PartitionTypes(spec);
        _snapshotId = snapshotId;
        _partitions = new PartitionSummaryBuilder(_types);
        var schema = ManifestSchemas.Entry(_formatVersion, ManifestSchemas.Partition(spec, _types));
        var invariant = CultureInfo.InvariantCulture;
        KeyValuePair<string, string>[] metadata =
        [
            KeyValuePair.Create("schema", SchemaJson.ToText(table.CurrentSchema)),
            KeyValuePair.Create("schema-id", table.CurrentSchemaId.ToString(invariant)),
            KeyValuePair.Create("partition-spec", Json.Text(j => SpecJson.WriteFields(j, spec.Fields))),
            KeyValuePair.Create("partition-spec-id", spec.SpecId.ToString(invariant)),
            KeyValuePair.Create("format-version", _formatVersion.ToString(invariant)),
            KeyValuePair.Create("content", content == ManifestContent.Data ? "data" : "deletes"),
            KeyValuePair.Create("iceberg.schema", SchemaJson.ToText(new Schema(0, schema))),
        ];
        var deflate = !string.Equals(table.Property(TableProperties.ManifestCodec), "uncompressed", StringComparison.OrdinalIgnoreCase);
        _file = new AvroFileWriter(AvroSchemas.Record("manifest_entry", schema), metadata, deflate);
    }

    public long Length => _file.Length;

    public int Entries => _files.Sum();

    /// <summary>A file that this snapshot adds; its sequence numbers are inherited. A data sequence number may be given where it is older (compaction).</summary>
    public void Added(DataFile file, long? sequenceNumber = null) => Write(new ManifestEntry(EntryStatus.Added, _snapshotId, sequenceNumber, null, file));

    /// <summary>A file that is carried over from another manifest, its numbers resolved.</summary>
    public void Existing(ManifestEntry entry) => Write(entry with { Status = EntryStatus.Existing });

    /// <summary>A file that this snapshot removes.</summary>
    public void Deleted(ManifestEntry entry) => Write(entry with { Status = EntryStatus.Deleted, SnapshotId = _snapshotId });

    /// <summary>The file's bytes and its line in the manifest list, to be stored at <paramref name="path"/>.</summary>
    public (byte[] Bytes, ManifestFile Manifest) Finish(string path)
    {
        var bytes = _file.Finish();
        return (bytes, new ManifestFile
        {
            Path = path,
            Length = bytes.Length,
            SpecId = _spec.SpecId,
            Content = _content,
            SequenceNumber = ManifestFile.UnassignedSequence,
            MinSequenceNumber = _minSequence ?? ManifestFile.UnassignedSequence,
            AddedSnapshotId = _snapshotId,
            AddedFiles = _files[(int)EntryStatus.Added],
            ExistingFiles = _files[(int)EntryStatus.Existing],
            DeletedFiles = _files[(int)EntryStatus.Deleted],
            AddedRows = _rows[(int)EntryStatus.Added],
            ExistingRows = _rows[(int)EntryStatus.Existing],
            DeletedRows = _rows[(int)EntryStatus.Deleted],
            Partitions = _partitions.Build(),
        });
    }

    private void Write(ManifestEntry entry)
    {
        Check.That(entry.File.SpecId == _spec.SpecId && entry.File.Partition.Length == _types.Length);
        Check.That(entry.File.Content == FileContent.Data == (_content == ManifestContent.Data));
        Check.That(entry.Status == EntryStatus.Added || (entry.SnapshotId is not null && entry.SequenceNumber is not null && entry.FileSequenceNumber is not null));
        if (entry.IsLive && entry.SequenceNumber is { } sequence) _minSequence = Math.Min(_minSequence ?? sequence, sequence);
        _file.Append(ManifestEntryCodec.ToAvro(entry, _types, _formatVersion));
        _partitions.Add(entry.File.Partition);
        _files[(int)entry.Status]++;
        _rows[(int)entry.Status] += entry.File.RecordCount;
    }
}
