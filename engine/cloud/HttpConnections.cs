using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// Connections, shared by all stores that are reached alike: they outlive a store, which is made anew for each table. Kept while the
/// process
/// lives. Any thread.
/// </summary>
internal static class HttpConnections
{
    private static readonly ConcurrentDictionary<(string? CaFile, Uri? Proxy, int ConnectMs), HttpClient> Clients = new();

    /// <exception cref="EngineException">Invalid: the authorities cannot be read.</exception>
    public static HttpClient Of(StoreOptions options) =>
        Clients.GetOrAdd((options.CaFile, options.Proxy, options.ConnectTimeoutMs),
            static key => Client(key.CaFile, key.Proxy, key.ConnectMs));

    private static HttpClient Client(string? caFile, Uri? proxy, int connectMs)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromMilliseconds(connectMs),
            // Short, so that a request seldom goes out on a connection that the server is just closing.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
        };
        // Without one of its own: that of HTTPS_PROXY and its like.
        // Servers of a machine's own credentials are beside it.
        if (proxy is not null)
            handler.Proxy = new WebProxy(proxy) { BypassList = ["^http://169\\.254\\.169\\.254", "^http://metadata\\.google\\.internal"] };
        if (caFile is not null) handler.SslOptions.CertificateChainPolicy = Trusting(caFile);
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static X509ChainPolicy Trusting(string file)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
            return policy;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new EngineException(ErrorKind.Invalid, string.Create(CultureInfo.InvariantCulture,
                $"{file} has no certificates that could be read: {error.Message}"), error);
        }
    }
}
