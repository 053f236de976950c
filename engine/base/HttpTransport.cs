using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace K2I.Base;

/// <summary>
/// Connections to servers over HTTP: how long they last, whom they trust, what they show of us, through what they go. Those alike are
/// equal. Any thread.
/// </summary>
/// <remarks>Redirects are not followed: a token or a signature would go where it does not belong. There are no cookies.</remarks>
public sealed record HttpTransport
{
    // Short, so that a change seldom goes out on a connection that the server is just closing.
    private const int IdleSeconds = 15;

    // Names may come to mean other machines.
    private const int LifeMinutes = 10;

    /// <summary>PEM file of the authorities that are trusted, and no others; null for the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM files of the certificate, with its chain, and the key that are shown to a server that asks for them.</summary>
    public (string Certificate, string Key)? ClientCertificate { get; init; }

    /// <summary>
    /// Through which requests go, with a login if it wants one; null for what the environment says (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).
    /// </summary>
    public Uri? Proxy { get; init; }

    public required int ConnectTimeoutMs { get; init; }

    /// <summary>Answers may come packed, and are unpacked; false where their bytes are to be as they are stored.</summary>
    public bool Unpacks { get; init; } = true;

    /// <summary>Connections of its own for each.</summary>
    /// <exception cref="EngineException">Invalid: a certificate or key cannot be read.</exception>
    public SocketsHttpHandler Handler()
    {
        var trusted = CaFile is { } authorities ? Trusting(authorities) : null;
        var shown = ClientCertificate is { } own ? Shown(own.Certificate, own.Key) : null;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = Unpacks ? DecompressionMethods.GZip : DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromMilliseconds(ConnectTimeoutMs),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(IdleSeconds),
            PooledConnectionLifetime = TimeSpan.FromMinutes(LifeMinutes),
            UseCookies = false,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trusted, ClientCertificateContext = shown },
        };
        if (Proxy is { } proxy) handler.Proxy = ProxyAt(proxy);
        return handler;
    }

    /// <summary>Trusts the authorities in a PEM file, and no others. For connections that are not HTTP's as well.</summary>
    /// <exception cref="EngineException">Invalid: there are none to be read.</exception>
    public static X509ChainPolicy Trusting(string file) => Reading(file, () =>
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy.CustomTrustStore.Count > 0 ? policy : throw new ArgumentException("there is none in it");
    });

    /// <summary>No request left this machine: whatever was asked for was certainly not done.</summary>
    public static bool WasNotSent(HttpRequestException error) => error.HttpRequestError is HttpRequestError.NameResolutionError
        or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

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
        var proxy = new WebProxy(uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped))
        {
            // Servers of a machine's own credentials are beside it.
            BypassList = ["^http://169\\.254\\.169\\.254", "^http://metadata\\.google\\.internal"],
        };
        if (uri.UserInfo.Split(':', 2) is [{ Length: > 0 } name, var password])
            proxy.Credentials = new NetworkCredential(Uri.UnescapeDataString(name), Uri.UnescapeDataString(password));
        return proxy;
    }
}
