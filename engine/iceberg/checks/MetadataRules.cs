using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>What must hold of table metadata by itself.</summary>
internal static class MetadataRules
{
    /// <summary>Clocks of several writers differ by this much at most (as Iceberg Java has it).</summary>
    private const long MaxClockSkewMs = 60_000;

    public static void Check(TableMetadata table, string path, Findings findings)
    {
        findings.Unless(Guid.TryParse(table.Uuid, out _), "table-uuid", path, $"'{table.Uuid}' is no uuid");
        findings.Unless(table.Location.Length > 0 && !table.Location.EndsWith('/'), "location", path, $"'{table.Location}' is no folder");
        CheckIds(table, path, findings);
        CheckSchemas(table, path, findings);
        CheckSpecs(table, path, findings);
        CheckRefs(table, path, findings);
        CheckSnapshots(table, path, findings);
        CheckLogs(table, path, findings);
        if (table.FormatVersion >= 3) CheckRowIds(table, path, findings);
        foreach (var key in table.Properties.Keys.Where(TableProperties.Reserved.Contains)) findings.Error("reserved-property", path, $"'{key}' is no property");
    }

    private static void CheckIds(TableMetadata table, string path, Findings findings)
    {
        Once("schema", table.Schemas.Select(s => s.SchemaId));
        Once("partition spec", table.Specs.Select(s => s.SpecId));
        Once("sort order", table.SortOrders.Select(o => o.OrderId));
        Once("snapshot", table.Snapshots.Select(s => s.SnapshotId));
        findings.Unless(table.FindSchema(table.CurrentSchemaId) is not null, "current-schema", path, $"schema {table.CurrentSchemaId} is not there");
        findings.Unless(table.FindSpec(table.DefaultSpecId) is not null, "default-spec", path, $"partition spec {table.DefaultSpecId} is not there");
        findings.Unless(table.DefaultSortOrderId == 0 || table.SortOrders.Any(o => o.OrderId == table.DefaultSortOrderId), "default-sort-order", path, $"sort order {table.DefaultSortOrderId} is not there");
        var column = table.Schemas.Select(s => s.HighestId()).DefaultIfEmpty(0).Max();
        findings.Unless(table.LastColumnId >= column, "last-column-id", path, $"it is {table.LastColumnId}, a column has id {column}");
        var field = table.Specs.SelectMany(s => s.Fields).Select(f => f.FieldId).DefaultIfEmpty(0).Max();
        findings.Unless(table.LastPartitionId >= field, "last-partition-id", path, $"it is {table.LastPartitionId}, a partition field has id {field}");

        void Once<T>(string what, IEnumerable<T> ids)
        {
            foreach (var twice in ids.GroupBy(i => i).Where(g => g.Count() > 1)) findings.Error("duplicate-id", path, $"{what} {twice.Key} is there {twice.Count()} times");
        }
    }

    private static void CheckSchemas(TableMetadata table, string path, Findings findings)
    {
        foreach (var schema in table.Schemas)
        {
            findings.Try("schema", "schema", path, () => SchemaJson.Validate(schema, $"schema {schema.SchemaId}"));
            CheckNames(schema, schema.SchemaId == table.CurrentSchemaId, path, findings);
            if (table.FormatVersion >= 3) continue;
            foreach (var field in Everything(schema.Struct))
            {
                findings.Unless(!FormatRules.IsOfVersion3(field.Type), "type-version", path, $"column '{field.Name}' of schema {schema.SchemaId} has type {field.Type}, which needs format version 3");
                findings.Unless(field.InitialDefault is null && field.WriteDefault is null, "default-version", path, $"column '{field.Name}' of schema {schema.SchemaId} has a default value, which needs format version 3");
            }
        }
    }

    /// <summary>
    /// Two columns of one full name keep the table shut; in an old schema only those out who travel back to it. Other clashes are legal, but many
    /// engines do not read them.
    /// </summary>
    private static void CheckNames(Schema schema, bool isCurrent, string path, Findings findings)
    {
        foreach (var clash in ColumnNames.Clashes(schema.Struct, []))
        {
            var isShut = clash.Flaw == NameFlaw.Taken;
            if (isShut && isCurrent) findings.Error("column-names", path, $"schema {schema.SchemaId}: {clash}");
            else if (isShut || (isCurrent && clash.Flaw is (NameFlaw.CaseOnly or NameFlaw.Empty)))
                findings.Warn("column-names", path, $"schema {schema.SchemaId}: {clash}");
        }
    }

    private static IEnumerable<Field> Everything(DataType type) => Schema.ChildrenOf(type).SelectMany(f => Everything(f.Type).Prepend(f));

    private static void CheckSpecs(TableMetadata table, string path, Findings findings)
    {
        if (table.FindSchema(table.CurrentSchemaId) is not { } schema || table.FindSpec(table.DefaultSpecId) is not { } spec) return;
        foreach (var field in spec.Fields.Where(f => f.Transform.Kind != TransformKind.Void))
        {
            var source = schema.FindById(field.SourceId);
            findings.Unless(source is not null, "partition-source", path, $"partition field '{field.Name}' has source {field.SourceId}, which is not in the current schema");
            if (source is not null && field.Transform.Kind != TransformKind.Unknown)
                findings.Unless(source.Type is PrimitiveType type && field.Transform.Accepts(type), "partition-source", path, $"partition field '{field.Name}': {field.Transform} of a {source.Type}");
        }
        foreach (var clash in table.NameClashes(schema).Where(c => c.Flaw == NameFlaw.Reserved))
        {
            if (table.Specs.Any(s => s.Fields.Any(f => f.Name == clash.Name))) findings.Error("partition-name", path, clash.ToString());
            else findings.Warn("partition-name", path, $"{clash} in another case");
        }
        foreach (var twice in spec.Fields.GroupBy(f => f.Name, StringComparer.Ordinal).Where(g => g.Count() > 1)) findings.Error("partition-name", path, $"two partition fields are called '{twice.Key}'");
        if (table.SortOrders.FirstOrDefault(o => o.OrderId == table.DefaultSortOrderId) is not { } order) return;
        foreach (var field in order.Fields) findings.Unless(schema.FindById(field.SourceId) is not null, "sort-source", path, $"the sort order has source {field.SourceId}, which is not in the current schema");
    }

    private static void CheckRefs(TableMetadata table, string path, Findings findings)
    {
        SnapshotId? main = table.Refs.TryGetValue(SnapshotRef.Main, out var reference) ? reference.SnapshotId : null;
        findings.Unless(main == table.CurrentSnapshotId, "main-ref", path, $"branch main points at {main?.ToString() ?? "nothing"}, the current snapshot is {table.CurrentSnapshotId?.ToString() ?? "none"}");
        findings.Unless(reference is null || reference.IsBranch, "main-ref", path, "main is a tag");
        foreach (var (name, target) in table.Refs) findings.Unless(table.FindSnapshot(target.SnapshotId) is not null, "ref-target", path, $"ref '{name}' points at snapshot {target.SnapshotId}, which is not there");
    }

    private static void CheckSnapshots(TableMetadata table, string path, Findings findings)
    {
        foreach (var snapshot in table.Snapshots)
        {
            var id = snapshot.SnapshotId;
            findings.Unless(snapshot.SequenceNumber <= table.LastSequenceNumber, "sequence-number", path, $"snapshot {id} has sequence number {snapshot.SequenceNumber}, the table's last one is {table.LastSequenceNumber}");
            if (snapshot.SchemaId is not { } schema) findings.Warn("snapshot-schema", path, $"snapshot {id} names no schema");
            else findings.Unless(table.FindSchema(schema) is not null, "snapshot-schema", path, $"snapshot {id} names schema {schema}, which is not there");
            if (snapshot.Operation is not ("append" or "overwrite" or "replace" or "delete")) findings.Warn("operation", path, $"snapshot {id} has operation '{snapshot.Operation}'");
            if (snapshot.ParentSnapshotId is not { } parentId || table.FindSnapshot(parentId) is not { } parent) continue;
            findings.Unless(snapshot.SequenceNumber > parent.SequenceNumber || table.FormatVersion < 2 || snapshot.SequenceNumber == 0, "sequence-number", path, $"snapshot {id} has sequence number {snapshot.SequenceNumber}, its parent {parent.SequenceNumber}");
            findings.Unless(snapshot.TimestampMs >= parent.TimestampMs - MaxClockSkewMs, "snapshot-time", path, $"snapshot {id} is older than its parent by {parent.TimestampMs - snapshot.TimestampMs} ms");
        }
        foreach (var twice in table.Snapshots.Where(s => s.SequenceNumber > 0).GroupBy(s => s.SequenceNumber).Where(g => g.Count() > 1))
            findings.Error("sequence-number", path, $"snapshots {string.Join(", ", twice.Select(s => s.SnapshotId))} have the same sequence number {twice.Key}");
        foreach (var statistics in table.Statistics.Concat(table.PartitionStatistics).Where(s => table.FindSnapshot(s.SnapshotId) is null))
            findings.Warn("statistics", path, $"{statistics.Path} is of snapshot {statistics.SnapshotId}, which is not there");
    }

    private static void CheckLogs(TableMetadata table, string path, Findings findings)
    {
        for (var at = 0; at < table.SnapshotLog.Length; at++)
        {
            var entry = table.SnapshotLog[at];
            findings.Unless(table.FindSnapshot(entry.SnapshotId) is not null, "snapshot-log", path, $"it names snapshot {entry.SnapshotId}, which is not there");
            findings.Unless(at == 0 || entry.TimestampMs >= table.SnapshotLog[at - 1].TimestampMs - MaxClockSkewMs, "snapshot-log", path, $"its entry {at} is older than the one before");
        }
        if (!table.SnapshotLog.IsEmpty) findings.Unless(table.SnapshotLog[^1].SnapshotId == table.CurrentSnapshotId, "snapshot-log", path, $"it ends with snapshot {table.SnapshotLog[^1].SnapshotId}, not with the current one");
        var newest = table.SnapshotLog.Select(e => e.TimestampMs).Concat(table.MetadataLog.Select(e => e.TimestampMs)).DefaultIfEmpty(0).Max();
        findings.Unless(table.LastUpdatedMs >= newest - MaxClockSkewMs, "last-updated", path, $"it was updated last {newest - table.LastUpdatedMs} ms before the newest entry of its logs");
        for (var at = 1; at < table.MetadataLog.Length; at++)
            findings.Unless(table.MetadataLog[at].TimestampMs >= table.MetadataLog[at - 1].TimestampMs - MaxClockSkewMs, "metadata-log", path, $"its entry {at} is older than the one before");
    }

    /// <summary>Snapshots from before an upgrade to version 3 have no row ids; each one after has.</summary>
    private static void CheckRowIds(TableMetadata table, string path, Findings findings)
    {
        long next = 0;
        foreach (var snapshot in table.Snapshots.OrderBy(s => s.SequenceNumber))
        {
            if (snapshot.FirstRowId is not { } first || snapshot.AddedRows is not { } added)
            {
                findings.Unless(next == 0 && snapshot.FirstRowId is null, "snapshot-row-ids", path, $"snapshot {snapshot.SnapshotId} has no row ids, an earlier one has");
                continue;
            }
            findings.Unless(first >= next && added >= 0, "snapshot-row-ids", path, $"snapshot {snapshot.SnapshotId} takes {added} row ids from {first} on, up to {next} they are taken");
            next = first + added;
        }
        findings.Unless(table.NextRowId >= next, "next-row-id", path, $"it is {table.NextRowId}, snapshots have taken row ids up to {next}");
    }
}
