using System.Diagnostics;
using System.Net.Sockets;

namespace K2I.Kit;

/// <summary>
/// MariaDB of the distribution, which speaks as MySQL does, in a folder of its own; started with the first use. Throws
/// <see cref="InvalidOperationException"/> where a program of it fails.
/// </summary>
public sealed class MariaDbServer : IDisposable
{
    /// <summary>
    /// Of Debian's package <c>mariadb-server-core</c>, which needs another of <c>mariadb-client-core</c> to make a database.
    /// </summary>
    public const string Program = "/usr/sbin/mariadbd";

    public const string User = "k2i", Password = "a-secret-of-tests", Database = "lake";

    private const string Maker = "/usr/bin/my_print_defaults";

    private const string DriverForJava = "/usr/share/java/mariadb-java-client.jar",
        DriverForPython = "/usr/lib/python3/dist-packages/pymysql";

    private const int StartSeconds = 120;

    private readonly TempFolder folder = new();
    private readonly Lazy<(int Port, Process Process)> running;

    public MariaDbServer() => running = new(Start);

    /// <summary>Why other engines cannot be tried on it; null where they can.</summary>
    public static string? Missing =>
        !File.Exists(Program) ? $"no {Program}: Debian's mariadb-server-core"
        : !File.Exists(Maker) ? $"no {Maker}: Debian's mariadb-client-core"
        : !File.Exists(DriverForJava) ? $"no {DriverForJava}: Debian's libmariadb-java"
        : !Directory.Exists(DriverForPython) ? $"no {DriverForPython}: Debian's python3-pymysql"
        : null;

    public int Port => running.Value.Port;

    /// <summary>The database, as Iceberg Java and this project write it.</summary>
    public string Uri => $"jdbc:mariadb://127.0.0.1:{Port}/{Database}";

    /// <summary>The database as SQLAlchemy writes it, with the password.</summary>
    public string PythonUri => $"mysql+pymysql://{User}:{Password}@127.0.0.1:{Port}/{Database}";

    /// <summary>Iceberg Java's judge, with the driver among its classes.</summary>
    public static ToolResult Judge(params string[] command)
    {
        var path = Jars.Path("iceberg-judge", Shared.Need("peers/iceberg/peers-iceberg.jar"), DriverForJava);
        return Tool.Run("java", ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx1g", "-cp", path, "peers.Judge", .. command]);
    }

    /// <summary>Runs a program of Python's with the driver among its modules.</summary>
    public ToolResult Python(string program, IEnumerable<string> arguments, string? input = null)
    {
        // The folder of the distribution has many others.
        var modules = Directory.CreateDirectory(Path.Combine(folder.Path, "modules")).FullName;
        var link = Path.Combine(modules, Path.GetFileName(DriverForPython));
        if (!Directory.Exists(link)) Directory.CreateSymbolicLink(link, DriverForPython);
        return Tool.Run(program, arguments, input, new Dictionary<string, string> { ["PYTHONPATH"] = modules });
    }

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
