using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace K2I.Cli;

/// <summary>Tells systemd how it goes, if systemd asked: datagrams to the socket in NOTIFY_SOCKET. Source: sd_notify(3).</summary>
internal sealed class ServiceManager(IReadOnlyDictionary<string, string> environment)
{
    private readonly string? socket = environment.GetValueOrDefault("NOTIFY_SOCKET") is { Length: > 1 } name && name[0] is '/' or '@' ? environment["NOTIFY_SOCKET"] : null;

    /// <summary>How often <see cref="Alive"/> is due, half of what systemd allows; 0 if it is not.</summary>
    public long WatchdogMs { get; } =
        long.TryParse(environment.GetValueOrDefault("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var us)
        && (environment.GetValueOrDefault("WATCHDOG_PID") is not { } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture)) ? us / 2_000 : 0;

    public void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    public void Stopping() => Send("STOPPING=1\nSTATUS=flushing and committing");

    public void Alive() => Send("WATCHDOG=1");

    private void Send(string message)
    {
        if (socket is null) return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(message), new UnixDomainSocketEndPoint(this.socket[0] == '@' ? '\0' + this.socket[1..] : this.socket));
        }
        catch (SocketException)
        {
            // A manager that does not listen is no reason to stop.
        }
    }
}
