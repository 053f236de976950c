using System.Diagnostics;

namespace K2I.Iceberg.Tests;

/// <summary>PyIceberg and DuckDB as readers: of the environment that <c>K2I_PYTHON</c> names, or that the build has made.</summary>
internal static class PythonJudge
{
    public static string? Program { get; } = Find();

    /// <summary>Every row of a snapshot, unordered; null where there is no such environment.</summary>
    public static List<string>? Rows(string folder, string engine, SnapshotId? snapshot)
    {
        if (Program is null) return null;
        string[] which = snapshot is { } id ? ["--snapshot", $"{id}"] : [];
        return Do(["read", folder, "--engine", engine, .. which]);
    }

    /// <summary>The lines printed; anything but success fails the test.</summary>
    public static List<string> Do(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(Program!, command) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', command)}: {errors.Result}");
        return [.. lines];
    }

    private static string? Find()
    {
        var roots = new List<string?> { Environment.GetEnvironmentVariable("K2I_PYTHON"), Environment.GetEnvironmentVariable("K2I_BUILD_DIR") is { Length: > 0 } build ? Path.Join(build, "python") : null };
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at)) roots.Add(Path.Join(at, "python"));
        return roots.OfType<string>().Select(r => Path.Join(r, "bin", "judge")).FirstOrDefault(File.Exists);
    }
}
