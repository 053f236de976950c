using System.Diagnostics;
using System.Net.Sockets;

namespace K2I.Kit;

/// <summary>
/// MariaDB of the distribution, which speaks as MySQL does, in a folder of its own; started with the first use. Throws
/// <see cref="InvalidOperationException"/> where a program of it fails.
/// </summary>
public sealed class MariaDbServer : IDisposable
{
    /// <summary>Debian's package <c>mariadb-server-core</c> has it.</summary>
    public const string Program = "/usr/sbin/mariadbd";

    public const string User = "k2i", Password = "a-secret-of-tests", Database = "lake";

    private const int StartSeconds = 120;

    private readonly TempFolder folder = new();
    private readonly Lazy<(int Port, Process Process)> running;

    public MariaDbServer() => running = new(Start);

    public int Port => running.Value.Port;

    private string Data => Path.Combine(folder.Path, "data");

    public void Dispose()
    {
        if (running.IsValueCreated)
        {
            running.Value.Process.Kill();
            running.Value.Process.WaitForExit();
            running.Value.Process.Dispose();
        }
        folder.Dispose();
    }

    private (int, Process) Start()
    {
        var user = Environment.UserName;
        Tool.Output("mariadb-install-db",
            ["--no-defaults", $"--datadir={Data}", $"--user={user}", "--auth-root-authentication-method=normal", "--skip-test-db"]);
        var commands = Path.Combine(folder.Path, "init.sql");
        File.WriteAllText(commands,
            $"CREATE DATABASE {Database};\nCREATE USER '{User}'@'%' IDENTIFIED BY '{Password}';\n"
            + $"GRANT ALL ON {Database}.* TO '{User}'@'%';\n");
        var port = LocalPort.Free();
        var start = new ProcessStartInfo(Program,
        [
            "--no-defaults", $"--datadir={Data}", $"--user={user}", $"--port={port}", "--bind-address=127.0.0.1",
            $"--socket={folder.Path}/socket", $"--pid-file={folder.Path}/pid", $"--log-error={folder.Path}/log", $"--init-file={commands}",
            "--innodb-flush-log-at-trx-commit=0",
        ]);
        var process = Process.Start(start)!;
        for (var since = Stopwatch.GetTimestamp(); !Answers(port); Thread.Sleep(100))
            if (process.HasExited || Stopwatch.GetElapsedTime(since).TotalSeconds > StartSeconds)
                throw new InvalidOperationException($"MariaDB does not start: {File.ReadAllText(Path.Combine(folder.Path, "log"))}");
        return (port, process);
    }

    /// <summary>It listens once the commands that it starts with were carried out.</summary>
    private static bool Answers(int port)
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
