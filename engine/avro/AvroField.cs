namespace K2I.Avro;

/// <summary>A record's field. <see cref="Id"/> is Iceberg's <c>field-id</c>; readers match by it before they match by name.</summary>
public sealed record AvroField(string Name, AvroType Type)
{
    /// <summary>Names that the field had before.</summary>
    public string[] Aliases { get; init; } = [];

    public int? Id { get; init; }

    public string? Doc { get; init; }

    /// <summary>The name before it was made fit for Avro (<c>iceberg-field-name</c>).</summary>
    public string? OriginalName { get; init; }

    /// <summary>What records that lack the field have, as JSON text in Avro's form; null where there is none.</summary>
    public string? Default { get; init; }

    /// <summary>Written as <c>"default": null</c>.</summary>
    public bool DefaultsToNull => Default == "null";
}
