using System.Text.Json;

using K2I.Base;

using static K2I.Iceberg.MetadataUpdate;

namespace K2I.Iceberg;

/// <summary>Updates as the REST protocol writes them (REST catalog OpenAPI, "TableUpdate").</summary>
internal static class UpdateJson
{
    public static void Write(Utf8JsonWriter json, MetadataUpdate update)
    {
        json.WriteStartObject();
        json.WriteString("action", Action(update));
        switch (update)
        {
            case AssignUuid u:
                json.WriteString("uuid", u.Uuid);
                break;
            case UpgradeFormatVersion u:
                json.WriteNumber("format-version", u.FormatVersion);
                break;
            case AddSchema u:
                json.WritePropertyName("schema");
                SchemaJson.Write(json, u.Schema);
                // Deprecated, but older servers need it.
                json.WriteNumber("last-column-id", u.LastColumnId);
                break;
            case SetCurrentSchema u:
                json.WriteNumber("schema-id", u.SchemaId);
                break;
            case AddSpec u:
                json.WritePropertyName("spec");
                SpecJson.Write(json, u.Spec);
                break;
            case SetDefaultSpec u:
                json.WriteNumber("spec-id", u.SpecId);
                break;
            case AddSortOrder u:
                json.WritePropertyName("sort-order");
                SpecJson.Write(json, u.Order);
                break;
            case SetDefaultSortOrder u:
                json.WriteNumber("sort-order-id", u.OrderId);
                break;
            case AddSnapshot u:
                json.WritePropertyName("snapshot");
                SnapshotJson.Write(json, u.Snapshot);
                break;
            case SetSnapshotRef u:
                json.WriteString("ref-name", u.Name);
                SnapshotJson.WriteRefFields(json, u.Ref);
                break;
            case RemoveSnapshots u:
                Json.WriteArray(json, "snapshot-ids", u.SnapshotIds, (j, id) => j.WriteNumberValue(id.Value));
                break;
            case RemoveSnapshotRef u:
                json.WriteString("ref-name", u.Name);
                break;
            case SetLocation u:
                json.WriteString("location", u.Location);
                break;
            case SetProperties u:
                Json.WriteStrings(json, "updates", u.Updates);
                break;
            case RemoveProperties u:
                Json.WriteArray(json, "removals", u.Removals, (j, key) => j.WriteStringValue(key));
                break;
            case SetStatistics u:
                json.WriteNumber("snapshot-id", u.Statistics.SnapshotId.Value);
                json.WritePropertyName("statistics");
                json.WriteRawValue(u.Statistics.Json);
                break;
            case SetPartitionStatistics u:
                json.WritePropertyName("partition-statistics");
                json.WriteRawValue(u.Statistics.Json);
                break;
            case RemoveStatistics u:
                json.WriteNumber("snapshot-id", u.SnapshotId.Value);
                break;
            case RemovePartitionStatistics u:
                json.WriteNumber("snapshot-id", u.SnapshotId.Value);
                break;
            case RemovePartitionSpecs u:
                Json.WriteArray(json, "spec-ids", u.SpecIds, (j, id) => j.WriteNumberValue(id));
                break;
            case RemoveSchemas u:
                Json.WriteArray(json, "schema-ids", u.SchemaIds, (j, id) => j.WriteNumberValue(id));
                break;
            case AddEncryptionKey u:
                json.WritePropertyName("encryption-key");
                json.WriteRawValue(u.Key.Json);
                break;
            case RemoveEncryptionKey u:
                json.WriteString("key-id", u.KeyId);
                break;
        }
        json.WriteEndObject();
    }

    private static string Action(MetadataUpdate update) => update switch
    {
        AssignUuid => "assign-uuid",
        UpgradeFormatVersion => "upgrade-format-version",
        AddSchema => "add-schema",
        SetCurrentSchema => "set-current-schema",
        AddSpec => "add-spec",
        SetDefaultSpec => "set-default-spec",
        AddSortOrder => "add-sort-order",
        SetDefaultSortOrder => "set-default-sort-order",
        AddSnapshot => "add-snapshot",
        SetSnapshotRef => "set-snapshot-ref",
        RemoveSnapshots => "remove-snapshots",
        RemoveSnapshotRef => "remove-snapshot-ref",
        SetLocation => "set-location",
        SetProperties => "set-properties",
        RemoveProperties => "remove-properties",
        SetStatistics => "set-statistics",
        RemoveStatistics => "remove-statistics",
        SetPartitionStatistics => "set-partition-statistics",
        RemovePartitionStatistics => "remove-partition-statistics",
        RemovePartitionSpecs => "remove-partition-specs",
        RemoveSchemas => "remove-schemas",
        AddEncryptionKey => "add-encryption-key",
        RemoveEncryptionKey => "remove-encryption-key",
        _ => throw new EngineException(ErrorKind.Unsupported, $"metadata update {update.GetType().Name} is not known to this build"),
    };
}
