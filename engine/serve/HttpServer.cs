using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using K2I.Base;
using K2I.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace K2I.Serve;

/// <summary>
/// The HTTP endpoints of a running process: bare Kestrel, HTTP/1.1, no routing, no configuration of its own. Owner; any
/// thread may dispose it.
/// </summary>
public sealed class HttpServer : IDisposable
{
    /// <summary>Connections beside those of queries and followers, so that health and metrics find room.</summary>
    private const int OtherConnections = 64;

    private readonly WebApplication app;
    private readonly CancellationTokenSource stop;
    private readonly int stopTimeoutMs;
    private int stopped;

    private HttpServer(WebApplication app, CancellationTokenSource stop, Uri? address, int stopTimeoutMs)
    {
        this.app = app;
        this.stop = stop;
        Address = address;
        this.stopTimeoutMs = stopTimeoutMs;
    }

    /// <summary>Where it listens, with the port that was given if port 0 was asked for; null if on no network.</summary>
    public Uri? Address { get; }

    /// <summary>
    /// Listens, or throws: Invalid for an open address without token or certificate or a bad certificate, Unavailable or Denied for an
    /// address or socket file that cannot be had.
    /// </summary>
    /// <param name="options">Where, and who may ask.</param>
    /// <param name="source">What the process says of itself.</param>
    /// <param name="tables">What queries ask; null for none. Not disposed here.</param>
    /// <param name="log">Is told of what should not happen.</param>
    /// <param name="scans">Where long answers are made; null for the thread pool, which makes all others.</param>
    public static HttpServer Start(HttpOptions options, IStatusSource source, TableQueries? tables, ILog log,
        TaskScheduler? scans = null)
    {
        if (options.IsOpen)
        {
            throw new EngineException(ErrorKind.Invalid,
                $"http: {options.Listen} can be reached from other machines, so a token or a TLS certificate is needed");
        }
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(sockets => sockets.CreateBoundListenSocket = endpoint => endpoint is UnixDomainSocketEndPoint file
            ? SocketFile.Bind(file, options.SocketFile!, options.SocketMode)
            : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint));
        if (options.CertificateFile is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options, 2 * tables?.Concurrency ?? 0));
        // The process has its own signal handling; the host's would end it early.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        var stop = new CancellationTokenSource();
        var ofTables = tables is null ? [] : new TableEndpoints(tables, options, scans ?? TaskScheduler.Default, stop.Token).All;
        var description = new ApiDescription([.. new StatusEndpoints(source).All, .. ofTables]);
        app.Run(new Endpoints(options, description.Endpoints, log).Answer);
        try
        {
            app.StartAsync().GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            ((IDisposable)app).Dispose();
            stop.Dispose();
            throw Map(error, options);
        }
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new HttpServer(app, stop, options.Listen is null ? null : new Uri(addresses.Addresses.First()), options.StopTimeoutMs);
    }

    /// <summary>Stops listening, gives requests under way the configured time, then closes their connections.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref stopped, 1) != 0) return;
        stop.Cancel();
        using var limit = new CancellationTokenSource(stopTimeoutMs);
        try
        {
            app.StopAsync(limit.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // Disposing closes what is left.
        }
        ((IDisposable)app).Dispose();
        stop.Dispose();
    }

    private static void Configure(KestrelServerOptions kestrel, HttpOptions options, int queriesAndFollowers)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = OtherConnections + queriesAndFollowers;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestBodySize = 0;
        // A filter, and the offsets of some hundred partitions.
        limits.MaxRequestLineSize = 16_384;
        limits.MaxRequestHeadersTotalSize = 16_384;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestBufferSize = 32_768;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        if (options.Listen is { } address)
        {
            kestrel.Listen(address.Address, address.Port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (options.CertificateFile is not null) UseTls(listen, options.CertificateFile, options.KeyFile);
            });
        }
        if (options.SocketFile is not { } file) return;
        kestrel.ListenUnixSocket(file, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection =>
            {
                connection.Features.Set(FileLogin.Instance);
                return next(connection);
            });
        });
    }

    private static void UseTls(ListenOptions listen, string certificateFile, string? keyFile)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificateFile);
            listen.UseHttps(tls =>
            {
                tls.ServerCertificate = certificate;
                tls.ServerCertificateChain = chain;
                tls.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                tls.HandshakeTimeout = TimeSpan.FromSeconds(5);
            });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            var files = keyFile is null ? certificateFile : $"{certificateFile} with key {keyFile}";
            throw new EngineException(ErrorKind.Invalid, $"http: certificate {files}: {error.Message}", error);
        }
    }

    private static EngineException Map(Exception error, HttpOptions options)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is EngineException known) return known;
            if (inner is AddressInUseException || inner is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                return new EngineException(ErrorKind.Unavailable,
                    $"http: {options.Listen} is in use by another process; choose another address in [http] listen", error);
            }
            if (inner is SocketException { SocketErrorCode: SocketError.AccessDenied })
                return new EngineException(ErrorKind.Denied, $"http: no right to listen on {options.Listen}", error);
            if (inner is SocketException { SocketErrorCode: SocketError.AddressNotAvailable })
                return new EngineException(ErrorKind.Invalid, $"http: {options.Listen} is not an address of this machine", error);
        }
        return new EngineException(ErrorKind.Unavailable, $"http: cannot listen on {options.Listen}: {error.Message}", error);
    }

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
