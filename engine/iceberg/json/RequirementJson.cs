using System.Text.Json;

using K2I.Base;

using static K2I.Iceberg.TableRequirement;

namespace K2I.Iceberg;

/// <summary>Requirements as the REST protocol writes them (REST catalog OpenAPI, "TableRequirement").</summary>
internal static class RequirementJson
{
    public static void Write(Utf8JsonWriter json, TableRequirement requirement)
    {
        json.WriteStartObject();
        switch (requirement)
        {
            case AssertCreate:
                json.WriteString("type", "assert-create");
                break;
            case AssertTableUuid r:
                json.WriteString("type", "assert-table-uuid");
                json.WriteString("uuid", r.Uuid);
                break;
            case AssertRefSnapshotId r:
                json.WriteString("type", "assert-ref-snapshot-id");
                json.WriteString("ref", r.Ref);
                // Null is said, not left out: it asserts that the ref is not there.
                if (r.SnapshotId is { } id) json.WriteNumber("snapshot-id", id.Value);
                else json.WriteNull("snapshot-id");
                break;
            case AssertLastAssignedFieldId r:
                Number("assert-last-assigned-field-id", "last-assigned-field-id", r.LastAssignedFieldId);
                break;
            case AssertCurrentSchemaId r:
                Number("assert-current-schema-id", "current-schema-id", r.CurrentSchemaId);
                break;
            case AssertLastAssignedPartitionId r:
                Number("assert-last-assigned-partition-id", "last-assigned-partition-id", r.LastAssignedPartitionId);
                break;
            case AssertDefaultSpecId r:
                Number("assert-default-spec-id", "default-spec-id", r.DefaultSpecId);
                break;
            case AssertDefaultSortOrderId r:
                Number("assert-default-sort-order-id", "default-sort-order-id", r.DefaultSortOrderId);
                break;
            default:
                throw new EngineException(ErrorKind.Unsupported, $"requirement {requirement.GetType().Name} is not known to this build");
        }
        json.WriteEndObject();

        void Number(string type, string name, int value)
        {
            json.WriteString("type", type);
            json.WriteNumber(name, value);
        }
    }
}
