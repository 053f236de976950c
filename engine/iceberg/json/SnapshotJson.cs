using System.Runtime.CompilerServices;
using System.Text.Json;

namespace K2I.Iceberg;

/// <summary>Snapshots and refs as metadata and the REST protocol write them.</summary>
internal static class SnapshotJson
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "snapshot-id", "parent-snapshot-id", "sequence-number", "timestamp-ms", "manifest-list", "manifests", "summary", "schema-id", "first-row-id", "added-rows", "key-id",
    };

    /// <summary>Snapshots as they were written before: a table's metadata repeats every one of them with each commit.</summary>
    private static readonly ConditionalWeakTable<Snapshot, byte[]> Written = [];

    public static Snapshot Read(JsonElement json, int formatVersion, string what)
    {
        Json.NeedObject(json, what);
        var id = Json.SnapshotId(json, "snapshot-id", what);
        what = $"{what}, snapshot {id}";
        var snapshot = new Snapshot
        {
            SnapshotId = id,
            ParentSnapshotId = Json.SnapshotIdOf(Json.OptLong(json, "parent-snapshot-id", what)),
            // Absent, as 0, also in tables upgraded from version 1.
            SequenceNumber = Json.OptLong(json, "sequence-number", what) ?? 0,
            TimestampMs = Json.Long(json, "timestamp-ms", what),
            ManifestList = Json.OptString(json, "manifest-list", what),
            Manifests = Json.OptArray(json, "manifests", what, e => Json.AsString(e, "manifests", what)),
            Summary = Json.OptStrings(json, "summary", what),
            SchemaId = Json.OptInt(json, "schema-id", what),
            FirstRowId = Json.OptLong(json, "first-row-id", what),
            AddedRows = Json.OptLong(json, "added-rows", what),
            KeyId = Json.OptString(json, "key-id", what),
            Unknown = Json.Others(json, Known),
        };
        if (snapshot.ManifestList is null && formatVersion > 1) throw Json.Bad(what, "'manifest-list' is missing");
        return snapshot;
    }

    public static void Write(Utf8JsonWriter json, Snapshot snapshot) =>
        json.WriteRawValue(Written.GetValue(snapshot, one => Json.Write(j => WriteAnew(j, one))), skipInputValidation: true);

    private static void WriteAnew(Utf8JsonWriter json, Snapshot snapshot)
    {
        json.WriteStartObject();
        json.WriteNumber("sequence-number", snapshot.SequenceNumber);
        json.WriteNumber("snapshot-id", snapshot.SnapshotId.Value);
        if (snapshot.ParentSnapshotId is { } parent) json.WriteNumber("parent-snapshot-id", parent.Value);
        json.WriteNumber("timestamp-ms", snapshot.TimestampMs);
        json.WriteStartObject("summary");
        if (snapshot.Summary.TryGetValue(SummaryKeys.Operation, out var operation)) json.WriteString(SummaryKeys.Operation, operation);
        foreach (var (key, value) in snapshot.Summary)
            if (key != SummaryKeys.Operation) json.WriteString(key, value);
        json.WriteEndObject();
        if (snapshot.ManifestList is not null) json.WriteString("manifest-list", snapshot.ManifestList);
        if (!snapshot.Manifests.IsEmpty) Json.WriteArray(json, "manifests", snapshot.Manifests, (j, m) => j.WriteStringValue(m));
        if (snapshot.SchemaId is { } schema) json.WriteNumber("schema-id", schema);
        if (snapshot.FirstRowId is { } first) json.WriteNumber("first-row-id", first);
        if (snapshot.AddedRows is { } added) json.WriteNumber("added-rows", added);
        if (snapshot.KeyId is not null) json.WriteString("key-id", snapshot.KeyId);
        Json.WriteOthers(json, snapshot.Unknown);
        json.WriteEndObject();
    }

    public static SnapshotRef ReadRef(JsonElement json, string what)
    {
        Json.NeedObject(json, what);
        var type = Json.String(json, "type", what);
        if (type is not ("branch" or "tag")) throw Json.Bad(what, $"a ref of type '{type}' is not known");
        return new SnapshotRef(Json.SnapshotId(json, "snapshot-id", what), type == "branch")
        {
            MinSnapshotsToKeep = Json.OptInt(json, "min-snapshots-to-keep", what),
            MaxSnapshotAgeMs = Json.OptLong(json, "max-snapshot-age-ms", what),
            MaxRefAgeMs = Json.OptLong(json, "max-ref-age-ms", what),
        };
    }

    public static void WriteRefFields(Utf8JsonWriter json, SnapshotRef reference)
    {
        json.WriteNumber("snapshot-id", reference.SnapshotId.Value);
        json.WriteString("type", reference.IsBranch ? "branch" : "tag");
        if (reference.MinSnapshotsToKeep is { } keep) json.WriteNumber("min-snapshots-to-keep", keep);
        if (reference.MaxSnapshotAgeMs is { } age) json.WriteNumber("max-snapshot-age-ms", age);
        if (reference.MaxRefAgeMs is { } refAge) json.WriteNumber("max-ref-age-ms", refAge);
    }

    /// <summary>How metadata describes a Puffin file of statistics.</summary>
    public static StatisticsFile StatisticsOf(
        SnapshotId snapshot, string path, long fileBytes, int footerBytes, IReadOnlyList<PuffinBlob> blobs) =>
        new(snapshot, path, fileBytes, Json.Text(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("snapshot-id", snapshot.Value);
            json.WriteString("statistics-path", path);
            json.WriteNumber("file-size-in-bytes", fileBytes);
            json.WriteNumber("file-footer-size-in-bytes", footerBytes);
            Json.WriteArray(json, "blob-metadata", blobs, (j, blob) =>
            {
                j.WriteStartObject();
                j.WriteString("type", blob.Type);
                j.WriteNumber("snapshot-id", blob.SnapshotId?.Value ?? Json.NoSnapshot);
                j.WriteNumber("sequence-number", blob.SequenceNumber);
                Json.WriteArray(j, "fields", blob.Fields, (f, id) => f.WriteNumberValue(id));
                Json.WriteStrings(j, "properties", blob.Properties);
                j.WriteEndObject();
            });
            json.WriteEndObject();
        }));

    /// <summary>How metadata describes a file of partition statistics.</summary>
    public static StatisticsFile PartitionStatisticsOf(SnapshotId snapshot, string path, long fileBytes) =>
        new(snapshot, path, fileBytes, Json.Text(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("snapshot-id", snapshot.Value);
            json.WriteString("statistics-path", path);
            json.WriteNumber("file-size-in-bytes", fileBytes);
            json.WriteEndObject();
        }));

    public static StatisticsFile ReadStatistics(JsonElement json, string what)
    {
        Json.NeedObject(json, what);
        return new StatisticsFile(Json.SnapshotId(json, "snapshot-id", what), Json.String(json, "statistics-path", what), Json.Long(json, "file-size-in-bytes", what), json.GetRawText());
    }
}
