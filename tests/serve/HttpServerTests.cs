using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using K2I.Base;

namespace K2I.Serve.Tests;

public sealed class HttpServerTests : IDisposable
{
    private const string Token = "correct horse battery staple";

    private readonly FakeSource source = new();
    private readonly CollectingLog log = new();
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
    private readonly List<IDisposable> owned = [];

    [Theory]
    [InlineData("/healthz", "text/plain; charset=utf-8")]
    [InlineData("/readyz", "text/plain; charset=utf-8")]
    [InlineData("/health", "application/json")]
    [InlineData("/status", "application/json")]
    [InlineData("/metrics", "text/plain; version=0.0.4; charset=utf-8")]
    [InlineData("/", "text/plain; charset=utf-8")]
    public void AnswersWithoutNamingItself(string path, string type)
    {
        using var answer = Get(Start(), path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.ToString());
        Assert.False(answer.Headers.Contains("Server"));
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public void StatusIsJsonAndMetricsAreMetrics()
    {
        var server = Start();
        using var status = JsonDocument.Parse(Text(server, "/status"));
        Assert.Equal("yes", status.RootElement.GetProperty("here").GetString());
        Assert.Equal(7, Assert.Single(PrometheusText.Parse(Text(server, "/metrics")).Samples).Value);
    }

    [Theory]
    [InlineData("/status", null, false)]
    [InlineData("/status?table=shop.orders", "shop.orders", false)]
    [InlineData("/status?unhealthy&table=a%20b", "a b", true)]
    [InlineData("/status?unhealthy=false", null, false)]
    public void StatusTellsWhatIsAskedFor(string path, string? table, bool unhealthy)
    {
        Assert.Equal(HttpStatusCode.OK, Status(Start(), path));
        Assert.Equal(new StatusQuery(table, unhealthy), source.Asked);
    }

    [Fact]
    public void AnswersOfAnySizeComeWhole()
    {
        var server = Start();
        foreach (var samples in (int[])[1, 300, 20_000, 2])
        {
            source.Samples = samples;
            var text = Text(server, "/metrics");
            Assert.Equal(samples, text.Split("\nk2i_test ").Length - 1);
            Assert.EndsWith($"k2i_test {6 + samples}\n", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TroubleAnswers503()
    {
        var server = Start();
        source.Healthy = source.Ready = false;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, Status(server, "/health"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, Status(server, "/readyz"));
        Assert.Equal(HttpStatusCode.OK, Status(server, "/healthz"));
        source.Alive = false;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, Status(server, "/healthz"));
    }

    [Fact]
    public void OtherPathsMethodsAndBodiesAreRefused()
    {
        var server = Start();
        Assert.Equal(HttpStatusCode.NotFound, Status(server, "/nope"));
        Assert.Equal(HttpStatusCode.NotFound, Status(server, "/status/"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, Send(server, HttpMethod.Post, "/status").StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, Send(server, HttpMethod.Delete, "/status").StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge,
            Send(server, HttpMethod.Get, "/status", r => r.Content = new StringContent("body")).StatusCode);
    }

    [Fact]
    public void HeadHasTheLengthAndNoBody()
    {
        var server = Start();
        using var head = Send(server, HttpMethod.Head, "/status");
        Assert.Equal(Text(server, "/status").Length, head.Content.Headers.ContentLength);
        Assert.Empty(head.Content.ReadAsStringAsync().Result);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer ", HttpStatusCode.Unauthorized)]
    [InlineData("Basic " + Token, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer " + Token + "x", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer " + Token, HttpStatusCode.OK)]
    [InlineData("bearer " + Token, HttpStatusCode.OK)]
    public void ATokenIsAskedForEverywhereButAtLiveness(string? authorization, HttpStatusCode expected)
    {
        var server = Start(token: Token);
        foreach (var path in new[] { "/health", "/readyz", "/status", "/metrics", "/", "/nope" })
        {
            using var answer = Send(server, HttpMethod.Get, path, r =>
            {
                if (authorization is not null) r.Headers.TryAddWithoutValidation("Authorization", authorization);
            });
            Assert.Equal(expected == HttpStatusCode.OK && path == "/nope" ? HttpStatusCode.NotFound : expected, answer.StatusCode);
            Assert.Equal(expected == HttpStatusCode.Unauthorized, answer.Headers.WwwAuthenticate.Count == 1);
        }
        Assert.Equal(HttpStatusCode.OK, Status(server, "/healthz"));
        Assert.DoesNotContain(log.Lines, l => l.Contains("horse", StringComparison.Ordinal));
    }

    [Fact]
    public void AForeignNameForLoopbackIsRefused()
    {
        var server = Start();
        Assert.Equal((HttpStatusCode)421, Send(server, HttpMethod.Get, "/status", r => r.Headers.Host = "evil.example").StatusCode);
        Assert.Equal(HttpStatusCode.OK, Send(server, HttpMethod.Get, "/status", r => r.Headers.Host = "localhost:1").StatusCode);
    }

    [Fact]
    public void AnOpenAddressNeedsTokenOrCertificate()
    {
        var error = Assert.Throws<EngineException>(() => Start(listen: "0.0.0.0:0"));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Equal("http: 0.0.0.0:0 can be reached from other machines, so a token or a TLS certificate is needed", error.Message);
        using var server = Start(listen: "0.0.0.0:0", token: Token);
        Assert.True(server.Address!.Port > 0);
    }

    [Fact]
    public void APortInUseIsNamed()
    {
        using var first = Start();
        var address = $"127.0.0.1:{first.Address!.Port}";
        var error = Assert.Throws<EngineException>(() => Start(listen: address));
        Assert.Equal(ErrorKind.Unavailable, error.Kind);
        Assert.Equal($"http: {address} is in use by another process; choose another address in [http] listen", error.Message);
    }

    [Fact]
    public void AnAddressOfAnotherMachineIsNamed()
    {
        var error = Assert.Throws<EngineException>(() => Start(listen: "192.0.2.1:0", token: Token));
        Assert.Equal("http: 192.0.2.1:0 is not an address of this machine", error.Message);
    }

    [Fact]
    public void ServesTlsAndTellsABadCertificate()
    {
        using var files = new CertificateFiles();
        var server = Start(listen: "127.0.0.1:0", certificate: files.Certificate, key: files.Key);
        Assert.Equal("https", server.Address!.Scheme);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = new() { RemoteCertificateValidationCallback = (_, c, _, _) => c!.Subject == "CN=k2i-test" } });
        Assert.Equal("ok\n", client.GetStringAsync(new Uri(server.Address!, "/healthz")).Result);

        File.WriteAllText(files.Key, "no key");
        var error = Assert.Throws<EngineException>(() => Start(certificate: files.Certificate, key: files.Key));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains(files.Certificate, error.Message);
    }

    [Fact]
    public void LargeHeadersAndLinesAreRefused()
    {
        var server = Start();
        Assert.Contains(" 431 ", Raw(server, "GET /status HTTP/1.1\r\nHost: localhost\r\nX: " + new string('x', 20_000) + "\r\n\r\n"));
        Assert.Contains(" 414 ", Raw(server, "GET /" + new string('x', 20_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        Assert.Contains(" 400 ", Raw(server, "nonsense\r\n\r\n"));
    }

    [Fact]
    public void AFailingSourceIsLoggedAndAnswers500()
    {
        var server = Start();
        source.Fails = true;
        using var answer = Get(server, "/status");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.DoesNotContain("on purpose", answer.Content.ReadAsStringAsync().Result);
        Assert.Contains(log.Lines, l => l.Contains("on purpose", StringComparison.Ordinal));
    }

    [Fact]
    public void StoppingTwiceIsOneStop()
    {
        var server = Start();
        server.Dispose();
        server.Dispose();
        Assert.ThrowsAny<HttpRequestException>(() => Get(server, "/healthz"));
    }

    public void Dispose()
    {
        client.Dispose();
        foreach (var owned in owned) owned.Dispose();
    }

    private HttpServer Start(string listen = "127.0.0.1:0", string? token = null, string? certificate = null, string? key = null)
    {
        Assert.True(ListenAddress.TryParse(listen, out var address));
        var options = new HttpOptions { Listen = address, Token = token, CertificateFile = certificate, KeyFile = key };
        var server = HttpServer.Start(options, source, null, log);
        owned.Add(server);
        return server;
    }

    private HttpResponseMessage Get(HttpServer server, string path) => Send(server, HttpMethod.Get, path);

    private HttpStatusCode Status(HttpServer server, string path) => Get(server, path).StatusCode;

    private string Text(HttpServer server, string path) => Get(server, path).Content.ReadAsStringAsync().Result;

    private HttpResponseMessage Send(HttpServer server, HttpMethod method, string path, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(method, new Uri(server.Address!, path));
        change?.Invoke(request);
        return client.Send(request);
    }

    private static string Raw(HttpServer server, string request)
    {
        using var client = new TcpClient("127.0.0.1", server.Address!.Port);
        var stream = client.GetStream();
        stream.Write(Encoding.ASCII.GetBytes(request));
        var answer = new byte[4096];
        return Encoding.ASCII.GetString(answer, 0, stream.Read(answer));
    }

    private sealed class CertificateFiles : IDisposable
    {
        public CertificateFiles()
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var certificate = new CertificateRequest("CN=k2i-test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            File.WriteAllText(Certificate, certificate.ExportCertificatePem());
            File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        }

        public string Certificate { get; } = Path.GetTempFileName();

        public string Key { get; } = Path.GetTempFileName();

        public void Dispose()
        {
            File.Delete(Certificate);
            File.Delete(Key);
        }
    }
}
