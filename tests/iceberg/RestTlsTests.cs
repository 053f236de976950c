using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using K2I.Base;

namespace K2I.Iceberg.Tests;

/// <summary>Servers behind TLS: whom we trust, and what we show of us.</summary>
public sealed class RestTlsTests : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;
    private readonly string file, keyFile;

    public RestTlsTests()
    {
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0,
            critical: true));
        var now = DateTimeOffset.UtcNow;
        certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        (file, keyFile) = (Path.Combine(folder.Path, "tls.crt"), Path.Combine(folder.Path, "tls.key"));
        File.WriteAllText(file, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void AServerIsTrustedByTheAuthorityGivenAndSeesOurCertificate()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var seen = Task.Run(() => Answer(listener));
        var uri = $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";
        using var catalog = new RestCatalog(new RestOptions { Uri = uri, CaFile = file, ClientCertificate = (file, keyFile) });
        catalog.Connect();
        Assert.Equal(certificate.Thumbprint, seen.GetAwaiter().GetResult());
    }

    [Fact]
    public void AStrangerIsNotTrusted()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = Task.Run(() => Answer(listener));
        using var catalog = new RestCatalog(new RestOptions { Uri = $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}" });
        Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(catalog.Connect).Kind);
        Assert.ThrowsAny<Exception>(() => served.GetAwaiter().GetResult());
    }

    [Fact]
    public void ACertificateThatIsNoneIsTold()
    {
        var bad = Path.Combine(folder.Path, "bad.crt");
        File.WriteAllText(bad, "nothing");
        var options = new RestOptions { Uri = "https://localhost", ClientCertificate = (bad, keyFile) };
        var error = Assert.Throws<EngineException>(() => new RestCatalog(options));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains(bad, error.Message, StringComparison.Ordinal);
    }

    /// <summary>One request, answered as a catalog does; who asked.</summary>
    private string? Answer(TcpListener listener)
    {
        using var socket = listener.AcceptTcpClient();
        using var stream = new SslStream(socket.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) =>
            shown?.GetCertHashString() == certificate.Thumbprint);
        stream.AuthenticateAsServer(certificate, clientCertificateRequired: true, checkCertificateRevocation: false);
        var shown = stream.RemoteCertificate?.GetCertHashString();
        var buffer = new byte[8192];
        var text = "";
        while (!text.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var read = stream.Read(buffer);
            if (read == 0) break;
            text += Encoding.ASCII.GetString(buffer, 0, read);
        }
        stream.Write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"u8);
        return shown;
    }
}
