using System.Globalization;
using System.Net;

namespace K2I.Serve;

/// <summary>An IP address and port to listen on, as people write it: <c>127.0.0.1:9464</c>, <c>[::1]:9464</c>, <c>localhost:9464</c>, <c>*:9464</c>. Port 0: any free one.</summary>
public readonly record struct ListenAddress(IPAddress Address, int Port)
{
    public const string Expected = "an IP address and port such as 127.0.0.1:9464 or [::1]:9464";

    /// <summary>Only processes of this machine can reach it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    public static bool TryParse(string text, out ListenAddress address)
    {
        address = default;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65_535) return false;
        var host = text[..colon];
        IPAddress? ip;
        if (host == "localhost") ip = IPAddress.Loopback;
        else if (host == "*") ip = IPAddress.IPv6Any;
        else if (host.StartsWith('[') && host.EndsWith(']')) ip = IPAddress.TryParse(host.AsSpan(1, host.Length - 2), out var six) && host.Contains(':', StringComparison.Ordinal) ? six : null;
        else ip = IsDottedQuad(host) && IPAddress.TryParse(host, out var four) ? four : null;
        if (ip is null) return false;
        address = new ListenAddress(ip, port);
        return true;
    }

    public override string ToString() => new IPEndPoint(Address, Port).ToString();

    // IPAddress.TryParse alone takes "1" and "0x7f.1" for addresses.
    private static bool IsDottedQuad(string host) => host.Count(c => c == '.') == 3 && host.All(c => char.IsAsciiDigit(c) || c == '.');
}
