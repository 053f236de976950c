namespace K2I.Columns;

/// <summary>A named, typed place in a struct, list or map. <see cref="Id"/> is its identity across renames (0: none assigned yet).</summary>
/// <remarks>Defaults are single values as Iceberg's JSON writes them (table spec, appendix C); null means none.</remarks>
public sealed record Field(int Id, string Name, DataType Type, bool Required)
{
    public string? Doc { get; init; }

    /// <summary>What rows written before the field existed hold, as JSON text.</summary>
    public string? InitialDefault { get; init; }

    /// <summary>What a writer that has no value puts, as JSON text.</summary>
    public string? WriteDefault { get; init; }
}
