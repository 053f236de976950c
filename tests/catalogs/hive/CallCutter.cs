using System.Net;
using System.Net.Sockets;
using System.Text;

namespace K2I.Catalogs.Tests;

/// <summary>
/// Stands before a metastore and cuts the connection of the next call of a method: once the server has answered it, or before it gets
/// there.
/// </summary>
internal sealed class CallCutter : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly int upstream;
    private readonly List<TcpClient> clients = [];
    private string? method;
    private bool afterEffect;

    public CallCutter(string uri)
    {
        upstream = new Uri(uri).Port;
        listener.Start();
        Start(Accept);
    }

    public string Uri => $"thrift://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public int Cuts { get; private set; }

    public void CutNext(string name, bool afterItTookEffect)
    {
        afterEffect = afterItTookEffect;
        Volatile.Write(ref method, name);
    }

    public void Dispose()
    {
        listener.Stop();
        lock (clients) clients.ForEach(c => c.Dispose());
    }

    private void Accept()
    {
        while (true)
        {
            var client = listener.AcceptTcpClient();
            var server = new TcpClient("127.0.0.1", upstream);
            lock (clients) clients.AddRange([client, server]);
            var isCut = false;
            Start(() => Pass(client, server, bytes =>
            {
                if (Volatile.Read(ref method) is not { } name
                    || !Encoding.ASCII.GetString(bytes).Contains(name, StringComparison.Ordinal)) return true;
                Volatile.Write(ref method, null);
                Cuts++;
                isCut = true;
                if (afterEffect) return true;
                client.Dispose();
                return false;
            }));
            Start(() => Pass(server, client, _ =>
            {
                if (!Volatile.Read(ref isCut)) return true;
                client.Dispose();
                return false;
            }));
        }
    }

    private static void Pass(TcpClient from, TcpClient to, Func<byte[], bool> goesOn)
    {
        var buffer = new byte[1 << 20];
        while (from.GetStream().Read(buffer) is > 0 and var read && goesOn(buffer[..read])) to.GetStream().Write(buffer, 0, read);
        to.Dispose();
    }

    private static void Start(Action work)
    {
        var thread = new Thread(() => Guarded(work)) { IsBackground = true };
        thread.Start();
    }

    private static void Guarded(Action work)
    {
        try
        {
            work();
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Closed.
        }
    }
}
