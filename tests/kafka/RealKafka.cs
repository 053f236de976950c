using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace K2I.Kafka.Tests;

/// <summary>
/// One node of Apache Kafka in a folder of its own, from the project's shared peers (<c>peers/kafka</c> under <c>K2I_SHARED</c>, or under a folder
/// <c>shared</c> beside the repository). Where they are missing, tests marked <see cref="FactAttribute"/> are skipped and say so.
/// </summary>
public sealed class RealKafka : IDisposable
{
    public const string User = "client", Password = "client-secret";
    private readonly string folder = Path.Combine(Path.GetTempPath(), "k2i-kafka-" + Guid.NewGuid().ToString("n")[..8]);

    private RealKafka()
    {
    }

    /// <summary>Why there is no real Kafka here; null where there is.</summary>
    public static string? Missing { get; } = Tools() is null ? "real Kafka: peers/kafka not found (set K2I_SHARED)" : null;

    /// <summary>The plaintext address.</summary>
    public string Brokers => Address("plaintext");

    /// <summary>The client's key pair and the authority that signed the broker, with TLS on.</summary>
    public string Tls(string file) => Path.Combine(folder, "tls", file);

    /// <summary>Starts a node; takes about six seconds. Options as the start script's: --sasl, --tls, --set key=value.</summary>
    public static RealKafka Start(params string[] options)
    {
        var kafka = new RealKafka();
        try
        {
            kafka.Run("start", ["--port", "0", .. options]);
            return kafka;
        }
        catch
        {
            kafka.Dispose();
            throw;
        }
    }

    /// <summary>plaintext, sasl, tls or sasl_tls.</summary>
    public string Address(string listener) =>
        File.ReadLines(Path.Combine(folder, "listeners")).Select(line => line.Split(' ')).First(parts => parts[0] == listener)[1];

    /// <summary>Ends the node as a crash would (kill -9).</summary>
    public void Kill() => Run("stop", ["--kill"]);

    public void Stop() => Run("stop", []);

    /// <summary>Starts it again on the same ports and data.</summary>
    public void Restart() => Run("start", []);

    public void Dispose()
    {
        if (File.Exists(Path.Combine(folder, "pid"))) Kill();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    private static string? Tools([CallerFilePath] string source = "")
    {
        var beside = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source) ?? ".", "../../../shared"));
        var shared = Environment.GetEnvironmentVariable("K2I_SHARED") is { Length: > 0 } given ? given : beside;
        var tools = Path.Combine(shared, "peers", "kafka");
        return File.Exists(Path.Combine(tools, "start")) ? tools : null;
    }

    private void Run(string script, string[] options)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { Path.Combine(Tools()!, script), folder }.Concat(options)) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        var errors = new List<string?>();
        process.ErrorDataReceived += (_, line) => errors.Add(line.Data);
        process.BeginErrorReadLine();
        if (!process.WaitForExit(TimeSpan.FromSeconds(90))) throw new TimeoutException($"kafka {script} did not end");
        if (process.ExitCode != 0) throw new InvalidOperationException($"kafka {script} failed: {string.Join(' ', errors)}");
    }

    /// <summary>A test that needs a real Kafka.</summary>
    public sealed class FactAttribute : Xunit.FactAttribute
    {
        public FactAttribute() => Skip = Missing;
    }

    /// <summary>A test with data that needs a real Kafka.</summary>
    public sealed class TheoryAttribute : Xunit.TheoryAttribute
    {
        public TheoryAttribute() => Skip = Missing;
    }
}
