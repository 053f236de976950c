using K2I.Base;

namespace K2I.Iceberg;

/// <summary>
/// Names a file of statistics in the metadata of the snapshot that it is of; one of the kind that the snapshot had before is named no
/// longer. Makes no snapshot.
/// </summary>
/// <param name="statistics">The file.</param>
/// <param name="ofPartitions">It has counts of partitions; otherwise sketches of columns.</param>
public sealed class UpdateStatistics(StatisticsFile statistics, bool ofPartitions = false) : TableAction
{
    public override ActionResult Apply(Table table, ActionContext context)
    {
        if (table.Metadata.FormatVersion < 2)
            throw new EngineException(ErrorKind.Unsupported, $"table {table.Ident} has format version 1, which is read only");
        if (HasLanded(table.Metadata)) return new ActionResult.AlreadyDone("the statistics are there already");
        if (table.Metadata.FindSnapshot(statistics.SnapshotId) is null)
            return new ActionResult.Abort($"snapshot {statistics.SnapshotId}, whose statistics they are, has expired");
        MetadataUpdate update = ofPartitions ? new MetadataUpdate.SetPartitionStatistics(statistics)
            : new MetadataUpdate.SetStatistics(statistics);
        return new ActionResult.Change([update], [new TableRequirement.AssertTableUuid(table.Metadata.Uuid)]);
    }

    public override bool HasLanded(TableMetadata table) =>
        (ofPartitions ? table.PartitionStatistics : table.Statistics)
            .Any(s => s.SnapshotId == statistics.SnapshotId && s.Path == statistics.Path);
}
