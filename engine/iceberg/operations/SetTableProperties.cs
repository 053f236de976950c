using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>Sets and removes table properties.</summary>
public sealed class SetTableProperties : TableAction
{
    public ImmutableSortedDictionary<string, string> Updates { get; init; } = SummaryKeys.Empty;

    public ImmutableArray<string> Removals { get; init; } = [];

    public override ActionResult Apply(Table table, ActionContext context)
    {
        if (HasLanded(table.Metadata)) return new ActionResult.AlreadyDone("the properties are so already");
        List<MetadataUpdate> updates = [];
        if (!Updates.IsEmpty) updates.Add(new MetadataUpdate.SetProperties(Updates));
        if (!Removals.IsEmpty) updates.Add(new MetadataUpdate.RemoveProperties(Removals));
        return new ActionResult.Change([.. updates], [new TableRequirement.AssertTableUuid(table.Metadata.Uuid)]);
    }

    public override bool HasLanded(TableMetadata table) =>
        Updates.All(u => table.Properties.TryGetValue(u.Key, out var value) && value == u.Value) && Removals.All(r => !table.Properties.ContainsKey(r));
}
