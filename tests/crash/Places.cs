using System.Reflection;

namespace K2I.Crash.Tests;

/// <summary>Where the program under test, its sources, the servers and the judges are.</summary>
internal static class Places
{
    public static string Binary { get; } = Named("K2I_BINARY") ?? Repository.Path("dist/k2i");

    public static string PythonJudge { get; } = Path.Combine(Named("K2I_PYTHON") ?? Path.Combine(Metadata("BuildRoot"), "python"), "bin", "judge");

    public static string JavaJudge { get; } = Shared.At("peers/iceberg/judge/judge");

    /// <summary>Throws what is missing.</summary>
    public static void Require(CrashOptions options)
    {
        Require(Binary, "./build.sh publish, or K2I_BINARY");
        Require(PythonJudge, "made by ./build.sh test or crash from K2I_SHARED; or K2I_PYTHON");
        Require(JavaJudge, "K2I_SHARED");
        if (options.RealKafka) Require(Shared.At("peers/kafka/start"), "K2I_SHARED; or --kafka embedded");
        foreach (var pair in options.Pairs)
            if (Pair.Missing(pair) is { } missing) throw new NeedException($"for {pair}: {missing}");
    }

    private static void Require(string file, string from)
    {
        if (!File.Exists(file)) throw new NeedException($"{file} is not there ({from})");
    }

    private static string? Named(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private static string Metadata(string key) =>
        typeof(Places).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
