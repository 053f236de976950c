using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>The catalog and where tables live.</summary>
public sealed record IcebergOptions
{
    /// <summary>
    /// <c>file</c>: metadata files in the warehouse are the catalog. <c>rest</c>: a server is, and says where each table lies. <c>hive</c>,
    /// <c>nessie</c>, <c>jdbc</c>, <c>glue</c>: a server or database points to metadata files in the warehouse.
    /// </summary>
    public string Catalog { get; init; } = "file";

    /// <summary>All but rest: a directory or a URI with scheme. rest: what the server calls the warehouse; empty for its own.</summary>
    public required string Warehouse { get; init; }

    /// <summary>
    /// rest: the directory or location below which tables may lie, whatever the server says; null for wherever it hands out keys, and
    /// nowhere else.
    /// </summary>
    public string? StorageRoot { get; init; }

    /// <summary>
    /// hive, nessie, jdbc, glue: where the server is, and what else it takes to reach it, by the keys of <c>[iceberg]</c>; secrets are
    /// among them.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Server { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>rest: how to reach the server.</summary>
    public RestOptions? Rest { get; init; }

    /// <summary>nessie: how to reach the server.</summary>
    public RestOptions? Nessie { get; init; }

    /// <summary>rest, at AWS: the service that requests are signed for; null for none.</summary>
    public string? SigningName { get; init; }

    /// <summary>Of <see cref="SigningName"/>; null for that of the store.</summary>
    public string? SigningRegion { get; init; }

    /// <summary>Further directories and locations below which files of tables may lie.</summary>
    public ImmutableArray<string> Locations { get; init; } = [];

    /// <summary>
    /// How to reach the stores of the files, by the names that Iceberg's catalogs give such properties; secrets are among them.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Storage { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The namespace of tables whose name has none.</summary>
    public string Namespace { get; init; } = "default";

    public int FormatVersion { get; init; } = 2;
}
