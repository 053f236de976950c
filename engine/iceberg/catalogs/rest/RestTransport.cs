using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Connections to a server: how long they last, whom they trust, what they show of us, through what they go.</summary>
internal static class RestTransport
{
    /// <exception cref="EngineException">Invalid: a certificate or key cannot be read.</exception>
    public static SocketsHttpHandler Handler(RestOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            // A token would go where it does not belong.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = TimeSpan.FromMilliseconds(options.ConnectTimeoutMs),
            // Short, so that a commit seldom goes out on a connection that the server is just closing.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
        };
        try
        {
            if (options.CaFile is { } authorities) handler.SslOptions.CertificateChainPolicy = Trusting(authorities);
            if (options.ClientCertificate is { } shown) handler.SslOptions.ClientCertificateContext = Shown(shown.Certificate, shown.Key);
            if (options.Proxy is { } proxy) handler.Proxy = ProxyAt(proxy);
            return handler;
        }
        catch
        {
            handler.Dispose();
            throw;
        }
    }

    private static X509ChainPolicy Trusting(string file) => Reading(file, () =>
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy;
    });

    private static SslStreamCertificateContext Shown(string file, string key) => Reading(file, () =>
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(file, key), chain, offline: true);
    });

    private static T Reading<T>(string file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new EngineException(ErrorKind.Invalid, $"{file} has no certificate that could be used: {error.Message}", error);
        }
    }

    private static WebProxy ProxyAt(Uri uri)
    {
        var proxy = new WebProxy(uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped));
        if (uri.UserInfo.Split(':', 2) is [{ Length: > 0 } name, var password])
            proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(name), Uri.UnescapeDataString(password));
        return proxy;
    }
}
