using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>The catalog and where tables live.</summary>
public sealed record IcebergOptions
{
    /// <summary>
    /// <c>file</c>: metadata files in the warehouse are the catalog. <c>rest</c>: a server is, and says where each table lies. <c>hive</c>, <c>nessie</c>: a server
    /// points to metadata files in the warehouse.
    /// </summary>
    public string Catalog { get; init; } = "file";

    /// <summary>All but rest: a directory or a URI with scheme. rest: what the server calls the warehouse; empty for its own.</summary>
    public required string Warehouse { get; init; }

    /// <summary>rest: the directory or location below which tables may lie, whatever the server says.</summary>
    public string? StorageRoot { get; init; }

    /// <summary>hive, nessie: where the server is, and what else it takes to reach it, by the keys of <c>[iceberg]</c>; secrets are among them.</summary>
    public ImmutableSortedDictionary<string, string> Server { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>rest: how to reach the server.</summary>
    public RestOptions? Rest { get; init; }

    /// <summary>
    /// How to reach the store of the files, by the names that Iceberg's catalogs give such properties; secrets are among them.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Storage { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The namespace of tables whose name has none.</summary>
    public string Namespace { get; init; } = "default";

    public int FormatVersion { get; init; } = 2;
}
