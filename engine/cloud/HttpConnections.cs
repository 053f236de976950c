using System.Collections.Concurrent;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// Connections, shared by all stores that are reached alike: they outlive a store, which is made anew for each table. Kept while the
/// process lives. Any thread.
/// </summary>
internal static class HttpConnections
{
    private static readonly ConcurrentDictionary<HttpTransport, HttpClient> Clients = new();

    /// <exception cref="EngineException">Invalid: the authorities cannot be read.</exception>
    public static HttpClient Of(StoreOptions options)
    {
        var transport = new HttpTransport
        {
            CaFile = options.CaFile,
            Proxy = options.Proxy,
            ConnectTimeoutMs = options.ConnectTimeoutMs,
            Unpacks = false,
        };
        return Clients.GetOrAdd(transport, static t => new HttpClient(t.Handler()) { Timeout = Timeout.InfiniteTimeSpan });
    }
}
