using System.Diagnostics;

namespace K2I.Kit;

/// <summary>
/// PostgreSQL of the distribution in a folder of its own; started with the first use. Throws <see cref="InvalidOperationException"/> where
/// a program of it fails.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    public const string User = "k2i", Password = "a-secret-of-tests";

    private readonly TempFolder folder = new();
    private readonly Lazy<int> port;

    public PostgresServer() => port = new(Start);

    /// <summary>The folder of its programs; null where it is not installed.</summary>
    public static string? Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin"))
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "postgres"))) : null;

    public int Port => port.Value;

    private string Data => Path.Combine(folder.Path, "data");

    public void Dispose()
    {
        if (port.IsValueCreated) Do($"{Programs}/pg_ctl -D {Data} -m immediate -w stop");
        folder.Dispose();
    }

    private int Start()
    {
        var at = LocalPort.Free();
        File.WriteAllText(Path.Combine(folder.Path, "password"), Password);
        // It refuses to run as root.
        if (Environment.UserName == "root") Tool.Output("chown", ["-R", "postgres", folder.Path]);
        Do($"{Programs}/initdb -D {Data} -U {User} --pwfile={folder.Path}/password -A scram-sha-256 --no-sync");
        var options = $"-p {at} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder.Path}";
        Do($"{Programs}/pg_ctl -D {Data} -w -l {folder.Path}/log -o \"{options}\" start");
        return at;
    }

    private static void Do(string command)
    {
        var start = Environment.UserName == "root" ? new ProcessStartInfo("su", ["postgres", "-s", "/bin/sh", "-c", command])
            : new ProcessStartInfo("sh", ["-c", command]);
        start.WorkingDirectory = "/";
        // What stays running would hold pipes open.
        using var process = Process.Start(start)!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command} ended with {process.ExitCode}");
    }
}
