using System.Net;
using System.Net.Sockets;

namespace K2I.Kit;

/// <summary>Ports of the loopback address, for servers of tests.</summary>
public static class LocalPort
{
    private const int Tries = 50;

    /// <summary>A port that was free a moment ago; another process may take it before the caller does.</summary>
    public static int Free()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>
    /// A listener on a free port, and its address without a slash at its end. A port that was taken meanwhile is passed over.
    /// </summary>
    public static HttpListener Listen(out string uri)
    {
        for (var tries = 1; ; tries++)
        {
            uri = $"http://127.0.0.1:{Free()}";
            // A listener that could not start is of no more use.
            var listener = new HttpListener { Prefixes = { uri + "/" } };
            try
            {
                listener.Start();
                return listener;
            }
            catch (HttpListenerException) when (tries < Tries)
            {
            }
        }
    }
}
