using System.Net.Sockets;
using K2I.Base;

namespace K2I.Serve;

/// <summary>
/// A Unix socket to listen on, as a file with rights. What a process that is gone left there is replaced; .NET removes the file when the
/// socket is closed.
/// </summary>
internal static class SocketFile
{
    /// <summary>Nobody can connect before the rights are set: that begins with listening. Throws Unavailable, Denied, Invalid.</summary>
    public static Socket Bind(UnixDomainSocketEndPoint endpoint, string path, UnixFileMode mode)
    {
        RemoveStale(endpoint, path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endpoint);
            File.SetUnixFileMode(path, mode);
            return socket;
        }
        catch (Exception error) when (error is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw Cannot(path, error);
        }
    }

    private static void RemoveStale(UnixDomainSocketEndPoint endpoint, string path)
    {
        if (!File.Exists(path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endpoint);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused && new FileInfo(path).Length == 0)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // A socket has no length, so nothing of anyone's is ever deleted.
            throw new EngineException(
                ErrorKind.Invalid, $"http: {path} is a file and no socket; choose another path in [http] socket", error);
        }
        catch (SocketException error)
        {
            throw Cannot(path, error);
        }
        throw new EngineException(
            ErrorKind.Unavailable, $"http: {path} is in use by another process; choose another path in [http] socket");
    }

    private static EngineException Cannot(string path, Exception error) => new(
        error is UnauthorizedAccessException or SocketException { SocketErrorCode: SocketError.AccessDenied } ? ErrorKind.Denied
            : ErrorKind.Unavailable,
        $"http: cannot listen on {path}: {error.Message}", error);
}
