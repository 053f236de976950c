using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using K2I.Base;
using K2I.Catalogs.Hive;

namespace K2I.Catalogs.Tests;

/// <summary>A metastore behind TLS: its certificate is looked at, by the authorities that are named.</summary>
public sealed class HiveTlsTests(HiveFixture hive) : IClassFixture<HiveFixture>, IDisposable
{
    private readonly TempFolder folder = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public void Dispose()
    {
        listener.Stop();
        folder.Dispose();
    }

    [SharedFact(HiveServer.Program)]
    public void OnlyAnAuthorityThatIsNamedIsTrusted()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(folder.Path, "ca.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem());
        listener.Start();
        var upstream = new Uri(hive.Uri).Port;
        var thread = new Thread(() => Serve(certificate, upstream)) { IsBackground = true };
        thread.Start();
        var options = hive.Options with { Servers = [("localhost", ((IPEndPoint)listener.LocalEndpoint).Port)], Tls = true };
        using var trusting = new HivePointers(options with { CaFile = file });
        Assert.Contains(trusting.ListNamespaces(), n => n is ["default"]);
        using var doubting = new HivePointers(options);
        Assert.Equal(ErrorKind.Denied, Assert.Throws<EngineException>(() => doubting.ListNamespaces().ToList()).Kind);
        using var mistaken = new HivePointers(options with { CaFile = Path.Combine(folder.Path, "nope.pem") });
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => mistaken.ListNamespaces().ToList()).Kind);
    }

    private void Serve(X509Certificate2 certificate, int upstream)
    {
        try
        {
            while (true) _ = Pass(listener.AcceptTcpClient(), certificate, upstream);
        }
        catch (SocketException)
        {
            // Stopped.
        }
    }

    private static async Task Pass(TcpClient client, X509Certificate2 certificate, int upstream)
    {
        using (client)
        {
            try
            {
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(certificate);
                using var server = new TcpClient("127.0.0.1", upstream);
                await Task.WhenAny(tls.CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(tls));
            }
            catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
            {
                // Refused.
            }
        }
    }
}
