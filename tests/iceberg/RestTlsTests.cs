using K2I.Base;

namespace K2I.Iceberg.Tests;

/// <summary>Servers behind TLS: whom the catalog trusts and what it shows is what its options say.</summary>
public sealed class RestTlsTests : IDisposable
{
    private readonly PrivateAuthority authority = new();

    public void Dispose() => authority.Dispose();

    [Fact]
    public void AServerIsTrustedByTheAuthorityGivenAndSeesOurCertificate()
    {
        using var own = authority.Issue();
        string? seen = null;
        using var server = new TlsServer(authority.Issue(), own.Thumbprint, async stream =>
        {
            seen = stream.RemoteCertificate?.GetCertHashString();
            _ = await stream.ReadAtLeastAsync(new byte[8192], 1);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"u8.ToArray());
        });
        var options = new RestOptions { Uri = server.Uri };
        using (var catalog = new RestCatalog(options))
            Assert.Equal(ErrorKind.Unavailable, Assert.Throws<EngineException>(catalog.Connect).Kind);
        using (var catalog = new RestCatalog(options with { CaFile = authority.File, ClientCertificate = authority.FilesOf(own) }))
            catalog.Connect();
        Assert.Equal(own.Thumbprint, seen);
    }

    [Fact]
    public void ACertificateThatIsNoneIsTold()
    {
        var missing = authority.File + ".not";
        var error = Assert.Throws<EngineException>(() => new RestCatalog(new RestOptions { Uri = "https://localhost", CaFile = missing }));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
    }
}
