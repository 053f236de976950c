namespace K2I.Iceberg.Tests;

/// <summary>How catalogs here are opened at a server.</summary>
internal static class RestServers
{
    extension(RestServer server)
    {
        public RestOptions Options => new() { Uri = server.Uri, StorageRoots = ["file://" + server.Warehouse] };

        public RestCatalog Open(RestOptions? options = null) => new(options ?? server.Options);
    }
}
