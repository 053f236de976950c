using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using K2I.Base;
using K2I.Serve;

namespace K2I.Cli.Running;

/// <summary>Reads <c>/status</c> of a running process.</summary>
internal static class StatusClient
{
    private const int TimeoutSeconds = 5;
    private const int LargestAnswer = 64 << 20;

    /// <summary>Where a process with these options is reached from this machine.</summary>
    public static string AddressOf(HttpOptions http)
    {
        var address = http.Listen.Address;
        var host = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : address;
        return $"{(http.CertificateFile is null ? "http" : "https")}://{new IPEndPoint(host, http.Listen.Port)}";
    }

    /// <summary>Throws Unavailable if nothing answers, Denied if the token is missing or wrong, Invalid if what answers is not K2I.</summary>
    /// <param name="certificateFile">The process's own certificate, trusted as it is; null for the system's trust.</param>
    /// <param name="query">What of the status is asked for.</param>
    public static JsonDocument Get(Uri address, string? token, string? certificateFile, StatusQuery query)
    {
        var url = new Uri(address, "/status" + (query.Table is { } table ? "?table=" + Uri.EscapeDataString(table) : query.Unhealthy
            ? "?unhealthy" : ""));
        try
        {
            using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(TimeoutSeconds) };
            if (certificateFile is not null) handler.SslOptions = TrustOnly(certificateFile);
            using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(TimeoutSeconds), MaxResponseContentBufferSize = LargestAnswer };
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = client.Send(request);
            if (response.StatusCode is HttpStatusCode.Unauthorized) throw new EngineException(ErrorKind.Denied, $"{url} asks for a token: set [http] token or K2I_HTTP_TOKEN");
            if (response.StatusCode is not HttpStatusCode.OK) throw new EngineException(ErrorKind.Invalid, $"{url} answered {(int)response.StatusCode}");
            return JsonDocument.Parse(response.Content.ReadAsStream());
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or IOException)
        {
            throw new EngineException(ErrorKind.Unavailable, $"{url} does not answer: {error.Message}", error);
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            throw new EngineException(ErrorKind.Invalid, $"{url} does not answer as k2i does", error);
        }
    }

    private static SslClientAuthenticationOptions TrustOnly(string certificateFile)
    {
        var expected = X509Certificate2.CreateFromPem(File.ReadAllText(certificateFile));
        return new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, actual, _, _) => actual is not null && actual.GetRawCertData().AsSpan().SequenceEqual(expected.RawData),
        };
    }
}
