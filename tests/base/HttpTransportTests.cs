using System.Net.Security;
using System.Security.Authentication;
using System.Text;

namespace K2I.Base.Tests;

/// <summary>Whom connections trust, what they show of us, where they do not follow.</summary>
public sealed class HttpTransportTests : IDisposable
{
    private readonly PrivateAuthority authority = new(), stranger = new();

    public void Dispose()
    {
        authority.Dispose();
        stranger.Dispose();
    }

    [Fact]
    public void AServerOfTheAuthorityIsTrusted()
    {
        using var server = new TlsServer(authority.Issue(), client: null, stream => Answer(stream, "200 OK", "yes"));
        Assert.Equal("yes", Get(server.Uri, Transport with { CaFile = authority.File }));
    }

    [Fact]
    public void AServerOfAnotherAuthorityIsNot()
    {
        using var server = new TlsServer(authority.Issue(), client: null, stream => Answer(stream, "200 OK", "yes"));
        RequireUntrusted(server.Uri, Transport with { CaFile = stranger.File });
        RequireUntrusted(server.Uri, Transport);
    }

    [Fact]
    public void AServerWhoseCertificateHasEndedIsNot()
    {
        using var server = new TlsServer(authority.Issue(hours: -1), client: null, stream => Answer(stream, "200 OK", "yes"));
        RequireUntrusted(server.Uri, Transport with { CaFile = authority.File });
    }

    [Fact]
    public void AServerOfAnotherNameIsNot()
    {
        using var server = new TlsServer(authority.Issue(), client: null, stream => Answer(stream, "200 OK", "yes"));
        var uri = server.Uri.Replace("localhost", "127.0.0.1", StringComparison.Ordinal);
        RequireUntrusted(uri, Transport with { CaFile = authority.File });
    }

    [Fact]
    public void OurCertificateIsShownToWhoAsks()
    {
        using var own = stranger.Issue();
        using var server = new TlsServer(authority.Issue(), own.Thumbprint,
            stream => Answer(stream, "200 OK", stream.RemoteCertificate?.GetCertHashString() ?? ""));
        var transport = Transport with { CaFile = authority.File };
        Assert.Equal("", Get(server.Uri, transport));
        Assert.Equal(own.Thumbprint, Get(server.Uri, transport with { ClientCertificate = stranger.FilesOf(own) }));
    }

    [Fact]
    public void ARedirectIsNotFollowed()
    {
        using var server = new TlsServer(authority.Issue(), client: null,
            stream => Answer(stream, "307 Temporary Redirect\r\nLocation: /elsewhere", "there"));
        using var client = new HttpClient((Transport with { CaFile = authority.File }).Handler());
        using var answer = client.Send(new HttpRequestMessage(HttpMethod.Get, server.Uri));
        Assert.Equal(307, (int)answer.StatusCode);
    }

    [Fact]
    public void FilesThatHoldNoCertificateAreTold()
    {
        var (_, key) = authority.FilesOf(authority.Issue());
        var missing = authority.File + ".not";
        foreach (var (transport, file) in (ReadOnlySpan<(HttpTransport, string)>)[
            (Transport with { CaFile = missing }, missing), (Transport with { CaFile = key }, key),
            (Transport with { ClientCertificate = (key, key) }, key),
            (Transport with { ClientCertificate = (authority.File, missing) }, authority.File)])
        {
            var error = Assert.Throws<EngineException>(() => transport.Handler());
            Assert.Equal(ErrorKind.Invalid, error.Kind);
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ThoseAlikeAreEqual()
    {
        HttpTransport One() => Transport with { CaFile = "a", Proxy = new("http://p:1") };
        Assert.Equal(One(), One());
    }

    private static HttpTransport Transport => new() { ConnectTimeoutMs = 30_000 };

    private static void RequireUntrusted(string uri, HttpTransport transport)
    {
        var error = Assert.Throws<HttpRequestException>(() => Get(uri, transport));
        Assert.IsType<AuthenticationException>(error.InnerException);
        Assert.True(HttpTransport.WasNotSent(error));
    }

    private static string Get(string uri, HttpTransport transport)
    {
        using var client = new HttpClient(transport.Handler());
        using var answer = client.Send(new HttpRequestMessage(HttpMethod.Get, uri));
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        return reader.ReadToEnd();
    }

    private static async Task Answer(SslStream stream, string status, string body)
    {
        // A request without a body is whole with its first bytes, of a client on the same machine that writes it at once.
        _ = await stream.ReadAtLeastAsync(new byte[8192], 1);
        var answer = $"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
    }
}
