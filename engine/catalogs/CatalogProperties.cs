namespace K2I.Catalogs;

/// <summary>What Iceberg's engines call the properties of catalogs.</summary>
public static class CatalogProperties
{
    public const string Uri = "uri", JdbcUser = "jdbc.user", JdbcPassword = "jdbc.password";

    public const string GlueEndpoint = "glue.endpoint", GlueId = "glue.id";

    /// <summary>Ours: to engines the name is what a catalog is configured under.</summary>
    public const string Name = "name";
}
