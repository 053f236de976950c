using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using K2I.Base;
using K2I.Serve;

namespace K2I.Cli.Running;

/// <summary>Asks a running process over HTTP. One thread.</summary>
internal sealed class ProcessClient : IDisposable
{
    private const int TimeoutSeconds = 5;
    private const int LargestStatus = 64 << 20;

    private readonly ProcessAddress address;
    private readonly HttpClient client;

    public ProcessClient(ProcessAddress address)
    {
        this.address = address;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(TimeoutSeconds),
        };
        if (address.CertificateFile is not null) handler.SslOptions = TrustOnly(address.CertificateFile);
        if (address.SocketFile is { } file) handler.ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(Connect(file));
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>
    /// What <c>/status</c> says. Throws Unavailable if nothing answers within seconds, Denied if the token is missing or wrong, Invalid if
    /// what answers is not K2I.
    /// </summary>
    public static JsonDocument Status(ProcessAddress address, StatusQuery query)
    {
        using var process = new ProcessClient(address);
        var path = "/status" + (query.Table is { } table ? "?table=" + Uri.EscapeDataString(table) : query.Unhealthy ? "?unhealthy" : "");
        process.client.Timeout = TimeSpan.FromSeconds(TimeoutSeconds);
        process.client.MaxResponseContentBufferSize = LargestStatus;
        using var response = process.Get(path, HttpCompletionOption.ResponseContentRead);
        if (response.StatusCode is not HttpStatusCode.OK)
            throw new EngineException(ErrorKind.Invalid, $"{address}{path} answered {(int)response.StatusCode}");
        try
        {
            return JsonDocument.Parse(response.Content.ReadAsStream());
        }
        catch (JsonException error)
        {
            throw new EngineException(ErrorKind.Invalid, $"{address}{path} does not answer as k2i does", error);
        }
    }

    /// <summary>
    /// What answers, as soon as its headers are there or whole. Throws Unavailable if nothing does, Denied if the token is missing or
    /// wrong.
    /// </summary>
    public HttpResponseMessage Get(string pathAndQuery, HttpCompletionOption until = HttpCompletionOption.ResponseHeadersRead)
    {
        // As it stands: a value in the path may be two dots.
        var url = new Uri(address.Url.GetLeftPart(UriPartial.Authority) + pathAndQuery,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (address.Token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", address.Token);
        try
        {
            var response = client.Send(request, until);
            if (response.StatusCode is not HttpStatusCode.Unauthorized) return response;
            response.Dispose();
            throw new EngineException(ErrorKind.Denied, $"{address} asks for a token: set [http] token or K2I_HTTP_TOKEN");
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException or SocketException)
        {
            throw new EngineException(ErrorKind.Unavailable, $"{address} does not answer: {error.Message}", error);
        }
    }

    public void Dispose() => client.Dispose();

    private static NetworkStream Connect(string file)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(file));
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions TrustOnly(string certificateFile)
    {
        var expected = X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile));
        return new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, actual, _, _) =>
                actual is not null && actual.GetRawCertData().AsSpan().SequenceEqual(expected.RawData),
        };
    }
}
