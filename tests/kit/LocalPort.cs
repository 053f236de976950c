using System.Net;
using System.Net.Sockets;

namespace K2I.Kit;

/// <summary>Ports of the loopback address, for servers of tests.</summary>
public static class LocalPort
{
    /// <summary>A port that was free a moment ago; another process may take it before the caller does.</summary>
    public static int Free()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
