using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Evolves a table's schema: changes are noted here and applied in order to whatever the schema is when the commit is tried. Ids stay, new columns get new ones.</summary>
/// <remarks>
/// Columns are named by dotted paths; list elements are <c>element</c>, map parts <c>key</c> and <c>value</c>. A change that holds already (a column to
/// be added that is there with the same type) is passed over, so two writers that learn of the same new column agree. One that cannot be made is Invalid.
/// </remarks>
public sealed class UpdateSchema : TableAction
{
    private readonly List<Func<SchemaEditor, SchemaEditor>> steps = [];

    /// <summary>Set by the same commit.</summary>
    public ImmutableSortedDictionary<string, string> Properties { get; init; } = SummaryKeys.Empty;

    /// <summary>Adds an optional column at the end of the struct at <paramref name="parent"/> (empty: the row). Ids within <paramref name="type"/> do not matter.</summary>
    public UpdateSchema Add(string parent, string name, DataType type, string? doc = null) =>
        Add(parent, new Field(0, name, type, Required: false) { Doc = doc });

    /// <summary>The same, with the column's defaults.</summary>
    public UpdateSchema Add(string parent, Field column) => Step(e => e.Add(parent, column));

    public UpdateSchema Rename(string path, string newName) => Step(e => e.Rename(path, newName));

    public UpdateSchema Drop(string path) => Step(e => e.Drop(path));

    /// <summary>Widens: int to long, float to double, decimals to more digits; version 3 also date to timestamp.</summary>
    public UpdateSchema Widen(string path, PrimitiveType type) => Step(e => e.Widen(path, type));

    /// <summary>Lets a required column hold nulls.</summary>
    public UpdateSchema MakeOptional(string path) => Step(e => e.MakeOptional(path));

    public UpdateSchema MoveFirst(string path) => Step(e => e.Move(path, after: null));

    /// <summary>Moves a column behind a sibling.</summary>
    public UpdateSchema MoveAfter(string path, string sibling) => Step(e => e.Move(path, sibling));

    public override ActionResult Apply(Table table, ActionContext context)
    {
        var metadata = table.Metadata;
        var editor = Edit(metadata);
        if (editor.Schema.Struct.Equals(metadata.CurrentSchema.Struct))
            return new SetTableProperties { Updates = Properties }.Apply(table, context);
        // One that the table had before (a column came and went) is gone back to: a server adds it no second time, and then there is no last one that was added.
        var known = metadata.Schemas.FirstOrDefault(s => s.Struct.Equals(editor.Schema.Struct) && s.IdentifierFieldIds.AsSpan().SequenceEqual(editor.Schema.IdentifierFieldIds.AsSpan()));
        ImmutableArray<MetadataUpdate> updates = known is null
            ? [new MetadataUpdate.AddSchema(editor.Schema, editor.LastColumnId), new MetadataUpdate.SetCurrentSchema(MetadataUpdate.LastAdded)]
            : [new MetadataUpdate.SetCurrentSchema(known.SchemaId)];
        return new ActionResult.Change(
            Properties.IsEmpty ? updates : updates.Add(new MetadataUpdate.SetProperties(Properties)),
        [
            new TableRequirement.AssertTableUuid(metadata.Uuid),
            new TableRequirement.AssertLastAssignedFieldId(metadata.LastColumnId),
            new TableRequirement.AssertCurrentSchemaId(metadata.CurrentSchemaId),
        ]);
    }

    /// <summary>Throws Invalid where the changes cannot be made to this table.</summary>
    public void Check(TableMetadata table) => _ = Edit(table);

    /// <summary>True if every change holds already.</summary>
    public override bool HasLanded(TableMetadata table)
    {
        try
        {
            return Edit(table).Schema.Struct.Equals(table.CurrentSchema.Struct)
                && new SetTableProperties { Updates = Properties }.HasLanded(table);
        }
        catch (EngineException)
        {
            return false;
        }
    }

    private SchemaEditor Edit(TableMetadata table) => steps.Aggregate(SchemaEditor.Of(table), (editor, step) => step(editor)).Checked();

    private UpdateSchema Step(Func<SchemaEditor, SchemaEditor> step)
    {
        steps.Add(step);
        return this;
    }
}
