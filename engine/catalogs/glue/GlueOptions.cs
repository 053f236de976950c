using K2I.Base;

namespace K2I.Catalogs.Glue;

/// <summary>How to reach AWS Glue, and which catalog of it.</summary>
public sealed class GlueOptions
{
    public required Uri Endpoint { get; init; }

    public required IRequestSigner Signer { get; init; }

    /// <summary>The account whose catalog it is; null for that of the credentials.</summary>
    public string? CatalogId { get; init; }

    /// <summary>The folder of databases that have no location of their own.</summary>
    public required string Warehouse { get; init; }

    /// <summary>PEM file of the authorities that are trusted, in place of the system's.</summary>
    public string? CaFile { get; init; }
}
