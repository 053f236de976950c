namespace K2I.Catalogs.Jdbc;

/// <summary>How to reach the database of a JDBC catalog, and which catalog of it.</summary>
/// <remarks>Its text never holds a secret: it is not a record.</remarks>
public sealed class JdbcOptions
{
    /// <summary>
    /// As Java's drivers have it: <c>jdbc:postgresql://host:port/database</c>, <c>jdbc:mysql://…</c>, <c>jdbc:mariadb://…</c>,
    /// <c>jdbc:sqlite:/path</c>; with <c>?sslmode=…&amp;sslrootcert=PEM</c>.
    /// </summary>
    public required string Uri { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>Several catalogs may share the tables; every engine has to call this one alike.</summary>
    public required string CatalogName { get; init; }

    /// <summary>The folder of namespaces that have no location of their own.</summary>
    public required string Warehouse { get; init; }

    /// <summary>What is wrong with a URI; null for one that is good.</summary>
    public static string? UriFlaw(string text)
    {
        _ = JdbcUri.Parse(text, out var flaw);
        return flaw;
    }
}
