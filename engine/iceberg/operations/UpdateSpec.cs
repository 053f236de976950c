namespace K2I.Iceberg;

/// <summary>Makes a spec, given as text, the table's default for new files; old files stay under theirs. Parts an earlier spec had keep their field ids.</summary>
/// <param name="text">As <see cref="PartitionSpecText"/> reads it.</param>
public sealed class UpdateSpec(string text) : TableAction
{
    public override ActionResult Apply(Table table, ActionContext context)
    {
        var metadata = table.Metadata;
        if (HasLanded(metadata)) return new ActionResult.AlreadyDone("the table is partitioned so already");
        var spec = PartitionSpecText.Parse(text, metadata.CurrentSchema, metadata);
        // One that the table had before is gone back to: a server adds it no second time, and then there is no last one that was added.
        var known = metadata.Specs.FirstOrDefault(s => s.DividesLike(spec));
        return new ActionResult.Change(
            known is null ? [new MetadataUpdate.AddSpec(spec), new MetadataUpdate.SetDefaultSpec(MetadataUpdate.LastAdded)] : [new MetadataUpdate.SetDefaultSpec(known.SpecId)],
            [
                new TableRequirement.AssertTableUuid(metadata.Uuid),
                new TableRequirement.AssertCurrentSchemaId(metadata.CurrentSchemaId),
                new TableRequirement.AssertLastAssignedPartitionId(metadata.LastPartitionId),
                new TableRequirement.AssertDefaultSpecId(metadata.DefaultSpecId),
            ]);
    }

    public override bool HasLanded(TableMetadata table) => table.DefaultSpec.DividesLike(PartitionSpecText.Parse(text, table.CurrentSchema, table));
}
