using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// A section whose records go to tables by the value of a field. The section's own table, their <em>home</em>, has no rows: it says how far
/// records were given to their tables, which tables there are, and has the dead letters of records that go to none.
/// </summary>
public sealed record TableRouting
{
    /// <summary>Stands for the value in the names of tables.</summary>
    public const string ValueName = "value";

    private const string Placeholder = "${" + ValueName + "}";

    /// <summary>The field, by the names that records have, from the record down.</summary>
    public required string Field { get; init; }

    /// <summary>The name of each table: text in which <c>${value}</c> stands for the value.</summary>
    public required string Table { get; init; }

    /// <summary>Records of further values are dead letters.</summary>
    public int MaxTables { get; init; } = TableTemplate.UsualMaxTables;

    /// <summary>The name that a value gives; what is in records names no namespace.</summary>
    internal string NameOf(string value) =>
        TopicRoutes.SafeName(Table.Replace(Placeholder, value.Replace('.', '_'), StringComparison.Ordinal));

    /// <summary>The home of a section: all that its decoder reads of a record is the field.</summary>
    internal TableOptions HomeOf(TableOptions section) => section with
    {
        Columns = $"{RouteField.Column}: string",
        SchemaFile = null,
        UnknownFields = UnknownFields.Ignore,
        OnIncompatible = OnIncompatible.DeadLetter,
        TimestampUnits = TableOptions.NoUnits,
        Transforms = RouteField.Parse(Field, [])!.Transforms(areTyped: section.Format != RecordFormat.Json),
        KeyForm = KeyForm.None,
        KeySchemaFile = null,
        PartitionBy = null,
        Key = [],
        KafkaColumn = false,
        Properties = TableOptions.NoProperties,
        Maintenance = DeadLetterTable.PolicyOf(section.Maintenance),
    };

    /// <summary>The table of a value of the section. Where it begins the home says.</summary>
    internal TableOptions TableOf(TableOptions section, string value) => section with
    {
        Name = NameOf(value),
        Routing = null,
        Home = section.Name,
        HomeValue = value,
        Start = StartPosition.Earliest,
    };
}
