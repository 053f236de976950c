using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using K2I.Base;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace K2I.Serve;

/// <summary>The HTTP endpoints of a running process: bare Kestrel, HTTP/1.1, no routing, no configuration of its own. Owner; any thread may dispose it.</summary>
public sealed class HttpServer : IDisposable
{
    private readonly WebApplication app;
    private readonly int stopTimeoutMs;
    private int stopped;

    private HttpServer(WebApplication app, Uri address, int stopTimeoutMs)
    {
        this.app = app;
        Address = address;
        this.stopTimeoutMs = stopTimeoutMs;
    }

    /// <summary>Where it listens, with the port that was given if port 0 was asked for.</summary>
    public Uri Address { get; }

    /// <summary>Listens, or throws: Invalid for an open address without token or certificate or a bad certificate, Unavailable or Denied for an address that cannot be had.</summary>
    public static HttpServer Start(HttpOptions options, IStatusSource source, ILog log)
    {
        if (options.IsOpen)
            throw new EngineException(ErrorKind.Invalid, $"http: {options.Listen} can be reached from other machines, so a token or a TLS certificate is needed");
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        if (options.CertificateFile is not null) builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
        // The process has its own signal handling; the host's would end it early.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.Run(new Endpoints(options, source, log).Answer);
        try
        {
            app.StartAsync().GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            ((IDisposable)app).Dispose();
            throw Map(error, options);
        }
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return new HttpServer(app, new Uri(addresses.Addresses.First()), options.StopTimeoutMs);
    }

    /// <summary>Stops listening, gives requests under way the configured time, then closes their connections.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref stopped, 1) != 0) return;
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
    }

    private static void Configure(KestrelServerOptions kestrel, HttpOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        var limits = kestrel.Limits;
        limits.MaxConcurrentConnections = 64;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestBodySize = 0;
        limits.MaxRequestLineSize = 2_048;
        limits.MaxRequestHeadersTotalSize = 8_192;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestBufferSize = 16_384;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        kestrel.Listen(options.Listen.Address, options.Listen.Port, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (options.CertificateFile is not null) UseTls(listen, options.CertificateFile, options.KeyFile);
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
            throw new EngineException(ErrorKind.Invalid, $"http: certificate {certificateFile}{(keyFile is null ? "" : $" with key {keyFile}")}: {error.Message}", error);
        }
    }

    private static EngineException Map(Exception error, HttpOptions options)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is EngineException known) return known;
            if (inner is AddressInUseException || inner is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                return new EngineException(ErrorKind.Unavailable, $"http: {options.Listen} is in use by another process; choose another address in [http] listen", error);
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
