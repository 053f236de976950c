using K2I.Iceberg;

namespace K2I.Catalogs.Nessie;

/// <summary>How to reach a Nessie server, and what of it to look at.</summary>
/// <remarks>Its text never holds a secret: it is not a record.</remarks>
public sealed class NessieOptions
{
    /// <summary>
    /// Its API, version 2 (<c>http://host:19120/api/v2</c>), and who one is there: as for a REST catalog, but that nothing is asked of the
    /// server by the protocol of those.
    /// </summary>
    public required RestOptions Server { get; init; }

    /// <summary>A branch; a tag, or <c>NAME@HASH</c>, to look only.</summary>
    public string Reference { get; init; } = "main";

    /// <summary>The folder of new tables.</summary>
    public required string Warehouse { get; init; }
}
