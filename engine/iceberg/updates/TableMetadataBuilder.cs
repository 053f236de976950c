using System.Collections.Immutable;

using K2I.Base;

using static K2I.Iceberg.MetadataUpdate;

namespace K2I.Iceberg;

/// <summary>Applies updates to a table's metadata, one after another, and builds the next metadata. An update that cannot be applied is Invalid, or Conflict where the base was stale.</summary>
/// <remarks>
/// Keeps what Iceberg demands: the snapshot log moves with branch main and loses what expired; the metadata log names the file before; times never
/// run backwards; sequence numbers and row ids only grow; ids are never used again. Belongs to one thread; used once.
/// </remarks>
public sealed class TableMetadataBuilder
{
    /// <summary>How much older than its predecessor a snapshot may claim to be: clocks of several writers differ.</summary>
    private const long MaxClockSkewMs = 60_000;

    private readonly TableMetadata? origin;
    private readonly string? baseLocation;
    private readonly HashSet<SnapshotId> addedSnapshots = [];
    private TableMetadata table;
    private int? lastSchema;
    private int? lastSpec;
    private int? lastOrder;
    private bool changed;

    private TableMetadataBuilder(TableMetadata? table, string? baseLocation, TableMetadata start)
    {
        origin = table;
        this.baseLocation = baseLocation;
        this.table = start;
    }

    /// <summary>Continues from a table's metadata, which lies at <paramref name="baseLocation"/>.</summary>
    public static TableMetadataBuilder From(TableMetadata table, string baseLocation)
    {
        if (table.FormatVersion < 2) throw new EngineException(ErrorKind.Unsupported, $"{table.Location}: tables of format version 1 are read only; upgrade the table to version 2 first");
        return new TableMetadataBuilder(table, baseLocation, table);
    }

    /// <summary>Starts a table that is not there yet: the updates must give it everything.</summary>
    public static TableMetadataBuilder Empty(int formatVersion) => new(null, null, new TableMetadata
    {
        FormatVersion = formatVersion is 2 or 3 ? formatVersion : throw new EngineException(ErrorKind.Invalid, $"tables of format version {formatVersion} are not created (2 and 3 are)"),
        Uuid = "",
        Location = "",
        LastUpdatedMs = 0,
        LastColumnId = 0,
        Schemas = [],
        CurrentSchemaId = -1,
        Specs = [],
        DefaultSpecId = -1,
        LastPartitionId = PartitionSpec.FirstFieldId - 1,
        SortOrders = [],
        DefaultSortOrderId = -1,
    });

    public TableMetadataBuilder Apply(IEnumerable<MetadataUpdate> updates)
    {
        foreach (var update in updates) Apply(update);
        return this;
    }

    public TableMetadataBuilder Apply(MetadataUpdate update)
    {
        var before = table;
        switch (update)
        {
            case AssignUuid u:
                if (origin is not null && origin.Uuid != u.Uuid) throw Invalid($"its uuid {origin.Uuid} cannot become {u.Uuid}");
                table = table with { Uuid = u.Uuid };
                break;
            case UpgradeFormatVersion u:
                if (u.FormatVersion > TableMetadata.MaxFormatVersion) throw new EngineException(ErrorKind.Unsupported, $"format version {u.FormatVersion} is not known to this build");
                if (u.FormatVersion < table.FormatVersion) throw Invalid($"its format version {table.FormatVersion} cannot be lowered to {u.FormatVersion}");
                table = table with { FormatVersion = u.FormatVersion };
                break;
            case AddSchema u:
                Add(u);
                break;
            case SetCurrentSchema u:
                var schema = u.SchemaId == LastAdded ? lastSchema ?? throw Invalid("no schema was added before the last one was to be current") : u.SchemaId;
                if (table.FindSchema(schema) is null) throw Invalid($"schema {schema} is not there to be current");
                table = table with { CurrentSchemaId = schema };
                break;
            case AddSpec u:
                Add(u.Spec);
                break;
            case SetDefaultSpec u:
                var spec = u.SpecId == LastAdded ? lastSpec ?? throw Invalid("no spec was added before the last one was to be the default") : u.SpecId;
                if (table.FindSpec(spec) is null) throw Invalid($"partition spec {spec} is not there to be the default");
                table = table with { DefaultSpecId = spec };
                break;
            case AddSortOrder u:
                Add(u.Order);
                break;
            case SetDefaultSortOrder u:
                var order = u.OrderId == LastAdded ? lastOrder ?? throw Invalid("no sort order was added before the last one was to be the default") : u.OrderId;
                if (table.SortOrders.All(o => o.OrderId != order)) throw Invalid($"sort order {order} is not there to be the default");
                table = table with { DefaultSortOrderId = order };
                break;
            case AddSnapshot u:
                Add(u.Snapshot);
                break;
            case SetSnapshotRef u:
                SetRef(u);
                break;
            case RemoveSnapshotRef u:
                if (u.Name == SnapshotRef.Main) table = table with { CurrentSnapshotId = null, SnapshotLog = [] };
                table = table with { Refs = table.Refs.Remove(u.Name) };
                break;
            case RemoveSnapshots u:
                Remove(u.SnapshotIds);
                break;
            case SetLocation u:
                table = table with { Location = u.Location.TrimEnd('/') };
                break;
            case SetProperties u:
                foreach (var key in u.Updates.Keys)
                    if (TableProperties.Reserved.Contains(key)) throw Invalid($"'{key}' is not a property that can be set");
                table = table with { Properties = table.Properties.SetItems(u.Updates) };
                break;
            case RemoveProperties u:
                table = table with { Properties = table.Properties.RemoveRange(u.Removals) };
                break;
            case SetStatistics u:
                table = table with { Statistics = [.. table.Statistics.Where(s => s.SnapshotId != u.Statistics.SnapshotId), u.Statistics] };
                break;
            case RemoveStatistics u:
                table = table with { Statistics = [.. table.Statistics.Where(s => s.SnapshotId != u.SnapshotId)] };
                break;
            case SetPartitionStatistics u:
                table = table with { PartitionStatistics = [.. table.PartitionStatistics.Where(s => s.SnapshotId != u.Statistics.SnapshotId), u.Statistics] };
                break;
            case RemovePartitionStatistics u:
                table = table with { PartitionStatistics = [.. table.PartitionStatistics.Where(s => s.SnapshotId != u.SnapshotId)] };
                break;
            case RemovePartitionSpecs u:
                if (u.SpecIds.Contains(table.DefaultSpecId)) throw Invalid("the default partition spec cannot be removed");
                table = table with { Specs = [.. table.Specs.Where(s => !u.SpecIds.Contains(s.SpecId))] };
                break;
            case RemoveSchemas u:
                if (u.SchemaIds.Contains(table.CurrentSchemaId)) throw Invalid("the current schema cannot be removed");
                table = table with { Schemas = [.. table.Schemas.Where(s => !u.SchemaIds.Contains(s.SchemaId))] };
                break;
            case AddEncryptionKey u:
                if (table.FormatVersion < 3) throw Invalid("encryption keys need format version 3");
                table = table with { EncryptionKeys = [.. table.EncryptionKeys.Where(k => k.KeyId != u.Key.KeyId), u.Key] };
                break;
            case RemoveEncryptionKey u:
                table = table with { EncryptionKeys = [.. table.EncryptionKeys.Where(k => k.KeyId != u.KeyId)] };
                break;
            default:
                throw new EngineException(ErrorKind.Unsupported, $"metadata update {update.GetType().Name} is not known to this build");
        }
        changed |= !ReferenceEquals(before, table);
        return this;
    }

    /// <summary>The metadata with every update applied; the base itself if none changed anything.</summary>
    /// <param name="nowMs">The writer's clock; the result's time is never before the base's.</param>
    public TableMetadata Build(long nowMs)
    {
        if (!changed && origin is not null) return origin;
        if (table.Uuid.Length == 0 || table.Location.Length == 0) throw Invalid("it has no uuid or no location");
        var newest = table.Snapshots.IsEmpty ? 0 : table.Snapshots[^1].TimestampMs;
        var updated = Math.Max(Math.Max(nowMs, origin?.LastUpdatedMs ?? 0), addedSnapshots.Count > 0 ? newest : 0);
        var log = SnapshotLogAt(updated);
        var metadataLog = table.MetadataLog;
        if (origin is not null && baseLocation is not null)
        {
            var keep = (int)Math.Max(1, table.LongProperty(TableProperties.PreviousVersionsMax, TableProperties.DefaultPreviousVersionsMax));
            metadataLog = metadataLog.Add(new MetadataLogEntry(origin.LastUpdatedMs, baseLocation));
            if (metadataLog.Length > keep) metadataLog = [.. metadataLog.AsSpan()[^keep..]];
        }
        var built = table with { LastUpdatedMs = updated, SnapshotLog = log, MetadataLog = metadataLog };
        Check.That(built.FindSchema(built.CurrentSchemaId) is not null && built.FindSpec(built.DefaultSpecId) is not null);
        Check.That(built.CurrentSnapshotId == (built.Refs.TryGetValue(SnapshotRef.Main, out var main) ? main.SnapshotId : null));
        return built;
    }

    /// <summary>An entry for a main that moved; snapshots that main only passed through within this commit leave none.</summary>
    private ImmutableArray<SnapshotLogEntry> SnapshotLogAt(long updatedMs)
    {
        if (table.CurrentSnapshotId is not { } current || current == origin?.CurrentSnapshotId) return table.SnapshotLog;
        var time = addedSnapshots.Contains(current) ? table.FindSnapshot(current)!.TimestampMs : updatedMs;
        return table.SnapshotLog.Add(new SnapshotLogEntry(time, current));
    }

    private void Add(AddSchema update)
    {
        SchemaJson.Validate(update.Schema, "the new schema");
        if (FormatRules.Refusal(update.Schema, table.FormatVersion) is { } why) throw Invalid(why);
        var highest = Math.Max(update.LastColumnId, update.Schema.HighestId());
        if (highest < table.LastColumnId) highest = table.LastColumnId;
        foreach (var schema in table.Schemas)
        {
            if (!schema.Struct.Equals(update.Schema.Struct) || !schema.IdentifierFieldIds.AsSpan().SequenceEqual(update.Schema.IdentifierFieldIds.AsSpan())) continue;
            lastSchema = schema.SchemaId;
            if (highest != table.LastColumnId) table = table with { LastColumnId = highest };
            return;
        }
        lastSchema = table.Schemas.Select(s => s.SchemaId + 1).DefaultIfEmpty(0).Max();
        table = table with { Schemas = table.Schemas.Add(update.Schema with { SchemaId = lastSchema.Value }), LastColumnId = highest };
    }

    private void Add(PartitionSpec spec)
    {
        foreach (var field in spec.Fields)
            if (table.CurrentSchemaId >= 0 && table.CurrentSchema.FindById(field.SourceId) is null && field.Transform.Kind != TransformKind.Void)
                throw Invalid($"partition field '{field.Name}' has source {field.SourceId}, which is not in the current schema");
        var highest = spec.Fields.Select(f => f.FieldId).Append(table.LastPartitionId).Max();
        if (table.Specs.FirstOrDefault(s => s.Fields.AsSpan().SequenceEqual(spec.Fields.AsSpan())) is { } equal)
        {
            lastSpec = equal.SpecId;
            return;
        }
        lastSpec = table.Specs.Select(s => s.SpecId + 1).DefaultIfEmpty(0).Max();
        table = table with { Specs = table.Specs.Add(spec with { SpecId = lastSpec.Value }), LastPartitionId = highest };
    }

    private void Add(SortOrder order)
    {
        if (table.SortOrders.FirstOrDefault(o => o.Fields.AsSpan().SequenceEqual(order.Fields.AsSpan())) is { } equal)
        {
            lastOrder = equal.OrderId;
            return;
        }
        lastOrder = order.Fields.IsEmpty ? 0 : Math.Max(1, table.SortOrders.Select(o => o.OrderId + 1).DefaultIfEmpty(1).Max());
        table = table with { SortOrders = table.SortOrders.Add(order with { OrderId = lastOrder.Value }) };
    }

    private void Add(Snapshot snapshot)
    {
        if (table.Schemas.IsEmpty || table.Specs.IsEmpty) throw Invalid("a snapshot needs a schema and a partition spec");
        if (table.FindSnapshot(snapshot.SnapshotId) is not null) throw Conflict($"snapshot {snapshot.SnapshotId} is there already");
        if (snapshot.SequenceNumber <= table.LastSequenceNumber && snapshot.ParentSnapshotId is not null)
            throw Conflict($"snapshot {snapshot.SnapshotId} has sequence number {snapshot.SequenceNumber}, the table is at {table.LastSequenceNumber}");
        if (snapshot.SequenceNumber < table.LastSequenceNumber) throw Conflict($"sequence number {snapshot.SequenceNumber} is older than {table.LastSequenceNumber}");
        if (snapshot.TimestampMs < (table.Snapshots.IsEmpty ? 0 : table.Snapshots[^1].TimestampMs) - MaxClockSkewMs)
            throw Invalid($"snapshot {snapshot.SnapshotId} claims a time more than a minute before the one before it");
        if (snapshot.SchemaId is { } schema && table.FindSchema(schema) is null) throw Invalid($"snapshot {snapshot.SnapshotId} names schema {schema}, which is not there");
        var nextRowId = table.NextRowId;
        if (table.FormatVersion >= 3)
        {
            if (snapshot.FirstRowId is not { } first || snapshot.AddedRows is not { } added) throw Invalid($"snapshot {snapshot.SnapshotId} has no row ids");
            if (first < nextRowId) throw Conflict($"snapshot {snapshot.SnapshotId} starts at row id {first}, the table is at {nextRowId}");
            nextRowId = first + added;
        }
        addedSnapshots.Add(snapshot.SnapshotId);
        table = table with { Snapshots = table.Snapshots.Add(snapshot), LastSequenceNumber = snapshot.SequenceNumber, NextRowId = nextRowId };
    }

    private void SetRef(SetSnapshotRef update)
    {
        if (table.FindSnapshot(update.Ref.SnapshotId) is null) throw Invalid($"ref '{update.Name}' cannot point at snapshot {update.Ref.SnapshotId}, which is not there");
        if (update.Name == SnapshotRef.Main && !update.Ref.IsBranch) throw Invalid("main is a branch, not a tag");
        if (table.Refs.TryGetValue(update.Name, out var old) && old == update.Ref) return;
        table = table with { Refs = table.Refs.SetItem(update.Name, update.Ref) };
        if (update.Name == SnapshotRef.Main) table = table with { CurrentSnapshotId = update.Ref.SnapshotId };
    }

    private void Remove(ImmutableArray<SnapshotId> ids)
    {
        var gone = ids.ToHashSet();
        var held = table.Refs.FirstOrDefault(r => gone.Contains(r.Value.SnapshotId));
        if (held.Key is not null) throw Invalid($"snapshot {held.Value.SnapshotId} cannot be removed: ref '{held.Key}' points at it");
        var log = table.SnapshotLog;
        var lost = -1;
        for (var at = 0; at < log.Length; at++)
            if (gone.Contains(log[at].SnapshotId)) lost = at;
        table = table with
        {
            Snapshots = [.. table.Snapshots.Where(s => !gone.Contains(s.SnapshotId))],
            Statistics = [.. table.Statistics.Where(s => !gone.Contains(s.SnapshotId))],
            PartitionStatistics = [.. table.PartitionStatistics.Where(s => !gone.Contains(s.SnapshotId))],
            SnapshotLog = lost < 0 ? log : [.. log.AsSpan()[(lost + 1)..]],
        };
    }

    private EngineException Invalid(string why) => new(ErrorKind.Invalid, $"table at {table.Location}: {why}");

    private EngineException Conflict(string why) => new(ErrorKind.Conflict, $"table at {table.Location}: {why}");
}
