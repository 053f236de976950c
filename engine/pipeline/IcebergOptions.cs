namespace K2I.Pipeline;

/// <summary>The catalog and where tables live.</summary>
public sealed record IcebergOptions
{
    /// <summary><c>file</c>: metadata files in the warehouse are the catalog.</summary>
    public string Catalog { get; init; } = "file";

    /// <summary>A directory or a URI with scheme.</summary>
    public required string Warehouse { get; init; }

    /// <summary>The namespace of tables whose name has none.</summary>
    public string Namespace { get; init; } = "default";

    public int FormatVersion { get; init; } = 2;
}
