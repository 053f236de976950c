using System.Reflection;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>What these tests run on, where it is, and why it is not there. Whatever is missing makes tests skip, saying so.</summary>
internal static class Needs
{
    /// <summary>The published program.</summary>
    public static string Binary { get; } = Named("K2I_BINARY") ?? Repository.Path("dist/k2i");

    public static string IcebergJava { get; } = Shared.At("peers/iceberg/judge/judge");

    public static string Python { get; } = Path.Combine(Named("K2I_PYTHON") ?? Path.Combine(Metadata("BuildRoot"), "python"), "bin", "judge");

    public static string Readers { get; } = Named("K2I_READERS") ?? Path.Combine(Metadata("BuildRoot"), "readers");

    /// <summary>The program of tests/crash, built beside these tests.</summary>
    public static string CrashRun { get; } = Path.Combine(Metadata("BuildRoot"), "out", "bin", "K2I.Crash", "release", "K2I.Crash.dll");

    public static string? NoBinary => File.Exists(Binary) ? null : $"no program at {Binary}: ./build.sh publish (or K2I_BINARY)";

    public static string? NoJudges =>
        !File.Exists(IcebergJava) ? $"no {IcebergJava} (K2I_SHARED)"
        : !File.Exists(Python) ? $"no {Python}: made by ./build.sh test (or K2I_PYTHON)"
        : !Directory.Exists(Path.Combine(Readers, "node_modules", "icebird")) ? $"no readers in {Readers}: made by ./build.sh test (or K2I_READERS)"
        : null;

    public static string? NoKafka => RealKafka.Missing;

    private static string? Named(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private static string Metadata(string key) =>
        typeof(Needs).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
