using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace K2I.Parquet.Tests;

/// <summary>The Parquet readers of tests/readers.</summary>
internal static class Readers
{
    internal const string DuckDb = "duckdb", Hyparquet = "hyparquet", ArrowRs = "arrow-rs", PyArrow = "pyarrow", Polars = "polars", ClickHouse = "clickhouse-file", ArrowJs = "arrow";

    private static readonly string Root = FindRoot();
    private static readonly string Scripts = Path.Combine(Root, "tests/readers");
    private static readonly string Packages = Environment.GetEnvironmentVariable("K2I_READERS") ?? Path.Combine(Root, ".build/readers");

    /// <summary>Why they cannot be used here; null when they can.</summary>
    internal static string? Missing { get; } =
        !Directory.Exists(Path.Combine(Packages, "node_modules", "hyparquet")) ? $"no readers in {Packages}: npm install there with tests/readers/package*.json (or name the folder in K2I_READERS)"
        : !HasNode() ? "node is not installed" : null;

    /// <summary>The Python that has pyarrow: K2I_PYTHON names its program or its environment's folder.</summary>
    private static readonly string? Python = FindPython(Environment.GetEnvironmentVariable("K2I_PYTHON"));

    internal static string? PyArrowMissing { get; } = Python is null || !File.Exists(Python) ? "no Python with pyarrow: name one in K2I_PYTHON" : null;

    /// <summary>Rows as JSON lines, per file.</summary>
    internal static List<string[]> Rows(string reader, IReadOnlyList<string> files, params string[] options) => Split(
        reader == PyArrow ? Run(Python!, [Path.Combine(Scripts, "read_parquet.py"), .. files]) : Run("node", [Path.Combine(Scripts, "read-parquet.mjs"), "--reader", reader, .. options, .. files]), files);

    /// <summary>Rows of Iceberg tables as JSON lines, per table.</summary>
    internal static List<string[]> TableRows(string reader, IReadOnlyList<string> folders) => Split(Run("node", [Path.Combine(Scripts, "read-table.mjs"), "--reader", reader, "--long-singles", .. folders]), folders);

    private static List<string[]> Split(string output, IReadOnlyList<string> files)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (files.Count == 1) return [lines];
        var perFile = new List<List<string>>();
        foreach (var line in lines)
        {
            if (line.StartsWith("# ", StringComparison.Ordinal)) perFile.Add([]);
            else perFile[^1].Add(line);
        }
        return [.. perFile.Select(l => l.ToArray())];
    }

    /// <summary>Has another writer write files anew; what a job says, write-parquet.mjs tells.</summary>
    internal static void Write(string writer, IEnumerable<string> jobs) =>
        Run("node", [Path.Combine(Scripts, "write-parquet.mjs"), "--writer", writer, .. jobs]);

    private static string Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["K2I_READERS"] = Packages },
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }

    private static string? FindPython(string? named) => Directory.Exists(named) ? Path.Combine(named, "bin/python") : named;

    private static bool HasNode()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string FindRoot([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../.."));
}
