using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace K2I.Kit;

/// <summary>TLS on a port of this machine: what is behind it serves the connections that were agreed on.</summary>
/// <remarks>It listens until it is disposed of. Any number of connections at a time.</remarks>
public sealed class TlsServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 certificate;
    private readonly string? client;
    private readonly Func<SslStream, Task> serve;

    /// <param name="certificate">What it shows; goes with it.</param>
    /// <param name="client">
    /// Fingerprint of the certificate that clients are asked for: they show this one or none. Null: they are not asked.
    /// </param>
    /// <param name="serve">Serves one connection to its end.</param>
    public TlsServer(X509Certificate2 certificate, string? client, Func<SslStream, Task> serve)
    {
        (this.certificate, this.client, this.serve) = (certificate, client, serve);
        listener.Start();
        _ = AcceptAll();
    }

    public string Uri => $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>One in front of a server that speaks without TLS.</summary>
    public static TlsServer Before(string uri, X509Certificate2 certificate)
    {
        var target = new Uri(uri).Port;
        return new TlsServer(certificate, client: null, async stream =>
        {
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(stream.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(stream));
        });
    }

    public void Dispose()
    {
        listener.Dispose();
        certificate.Dispose();
    }

    private bool Accepts(object sender, X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors) =>
        shown is null || shown.GetCertHashString() == client;

    private async Task AcceptAll()
    {
        try
        {
            while (true) _ = Serve(await listener.AcceptTcpClientAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task Serve(TcpClient connection)
    {
        try
        {
            using (connection)
            await using (var stream = new SslStream(connection.GetStream(), leaveInnerStreamOpen: false, Accepts))
            {
                await stream.AuthenticateAsServerAsync(certificate, client is not null, checkCertificateRevocation: false);
                await serve(stream);
            }
        }
        catch (Exception error) when (error is IOException or SocketException or AuthenticationException or ObjectDisposedException)
        {
            // The client's business: it reports what it met.
        }
    }
}
