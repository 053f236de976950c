using System.Globalization;
using System.Text;
using K2I.Serve;

namespace K2I.Cli.Config;

/// <summary>Binds <c>[http]</c>: where the endpoints are, who may ask, and of how many tables there are metrics.</summary>
internal sealed class HttpBinder(ValueReader values)
{
    private const int ShortestToken = 16;

    /// <summary>What an address of a Unix socket has room for.</summary>
    private const int LongestSocketPath = 107;

    /// <summary>Null where they are off.</summary>
    public HttpOptions? Bind()
    {
        var token = values.Text(Keys.Token);
        if (token is { Length: > 0 and < ShortestToken })
            values.Bad(Keys.Token, $"a token of {token.Length} characters can be guessed");
        if (values.Has(Keys.TlsKey) && !values.Has(Keys.TlsCertificate))
            values.Wrong(Keys.TlsKey, "has no meaning without tls_certificate");
        foreach (var key in new[] { Keys.TlsCertificate, Keys.TlsKey })
            if (values.Text(key) is { Length: > 0 } path && !File.Exists(path))
                values.Bad(key, "the file does not exist", expected: "the path of a file");
        var options = new HttpOptions
        {
            Listen = Listen(),
            Token = token,
            CertificateFile = values.Text(Keys.TlsCertificate),
            KeyFile = values.Text(Keys.TlsKey),
            SocketFile = SocketFile(),
            SocketMode = SocketMode(),
        };
        if (options.IsOpen)
            values.Wrong(Keys.Listen, $"other machines can reach {options.Listen}, so a token or a certificate is needed",
                "set [http] token or tls_certificate");
        return options.Listen is null && options.SocketFile is null ? null : options;
    }

    public int TableMetrics()
    {
        var text = values.Text(Keys.TableMetrics)!;
        if (text is "all" or "none") return text == "all" ? int.MaxValue : 0;
        if (text.StartsWith("top ", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(4).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0) return count;
        values.Bad(Keys.TableMetrics, Nearest.Hint(text, ["all", "none", "top 100"]));
        return int.MaxValue;
    }

    private ListenAddress? Listen()
    {
        var listen = values.Text(Keys.Listen);
        if (string.IsNullOrEmpty(listen) || listen == "off") return null;
        if (ListenAddress.TryParse(listen, out var address)) return address;
        values.Bad(Keys.Listen);
        return null;
    }

    private string? SocketFile()
    {
        if (values.Text(Keys.Socket) is not { Length: > 0 } path)
        {
            if (values.Changes(Keys.SocketMode)) values.Wrong(Keys.SocketMode, "has no meaning without socket");
            return null;
        }
        path = Path.GetFullPath(path);
        if (Encoding.UTF8.GetByteCount(path) > LongestSocketPath)
            values.Bad(Keys.Socket, expected: $"a path of at most {LongestSocketPath} bytes from / on");
        return path;
    }

    private UnixFileMode SocketMode()
    {
        var text = values.Text(Keys.SocketMode)!;
        if (text.Length is 3 or 4 && (text.Length == 3 || text[0] == '0') && text.All(c => c is >= '0' and <= '7'))
            return (UnixFileMode)Convert.ToInt32(text, 8);
        values.Bad(Keys.SocketMode);
        return default;
    }
}
