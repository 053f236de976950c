namespace K2I.Iceberg;

/// <summary>What can be asked of a server, as it lists it in its configuration.</summary>
internal static class RestEndpoint
{
    public const string ListNamespaces = "GET /v1/{prefix}/namespaces";
    public const string CreateNamespace = "POST /v1/{prefix}/namespaces";
    public const string ListTables = "GET /v1/{prefix}/namespaces/{namespace}/tables";
    public const string CreateTable = "POST /v1/{prefix}/namespaces/{namespace}/tables";
    public const string LoadTable = "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}";
    public const string Commit = "POST /v1/{prefix}/namespaces/{namespace}/tables/{table}";
    public const string DropTable = "DELETE /v1/{prefix}/namespaces/{namespace}/tables/{table}";
    public const string Register = "POST /v1/{prefix}/namespaces/{namespace}/register";
    public const string Rename = "POST /v1/{prefix}/tables/rename";
    public const string Credentials = "GET /v1/{prefix}/namespaces/{namespace}/tables/{table}/credentials";

    private const string Prefix = "/{prefix}";

    /// <summary>Servers without a prefix leave it out.</summary>
    public static string Plain(string endpoint) => endpoint.Trim().Replace(Prefix, "", StringComparison.Ordinal);
}
