using System.Net;
using K2I.Serve;

namespace K2I.Cli.Running;

/// <summary>Where a running process is asked from this machine.</summary>
/// <param name="Url"><c>http://host:port</c>, or <c>https://</c>.</param>
/// <param name="SocketFile">The Unix socket that is connected to instead; null for none.</param>
/// <param name="Token">What the process asks for; null for nothing.</param>
/// <param name="CertificateFile">The process's own certificate, trusted as it is; null for the system's trust.</param>
internal sealed record ProcessAddress(Uri Url, string? SocketFile = null, string? Token = null, string? CertificateFile = null)
{
    public const string Default = "http://127.0.0.1:9464", Expected = "http://host:port, https://host:port or unix:/path";

    private const string UnixPrefix = "unix:";

    /// <summary>Of a process with these options: over the network where it listens there, else by its socket.</summary>
    public static ProcessAddress Of(HttpOptions http)
    {
        if (http.Listen is not { } listen) return OfSocket(http.SocketFile!);
        var host = listen.Address.Equals(IPAddress.Any) || listen.Address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : listen.Address;
        var url = new Uri($"{(http.CertificateFile is null ? "http" : "https")}://{new IPEndPoint(host, listen.Port)}");
        return new(url, null, http.Token, http.CertificateFile);
    }

    /// <summary>As people write it; null if it is none.</summary>
    public static ProcessAddress? Parse(string text, string? token)
    {
        if (text.StartsWith(UnixPrefix, StringComparison.Ordinal))
            return text.Length > UnixPrefix.Length ? OfSocket(text[UnixPrefix.Length..]) : null;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? new(url, null, token) : null;
    }

    // The generated text would print the token.
    public override string ToString() => SocketFile is null ? Url.ToString().TrimEnd('/') : UnixPrefix + SocketFile;

    private static ProcessAddress OfSocket(string path) => new(new Uri("http://localhost"), path);
}
