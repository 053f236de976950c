using System.Diagnostics;
using System.Text.Json;

namespace K2I.Iceberg.Tests;

/// <summary>Iceberg Java as reader, checker and other engine.</summary>
internal static class Judge
{
    public const string Program = "peers/iceberg/judge/judge";

    public static (int Exit, string Output) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Shared.Need(Program), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    /// <summary>Runs many commands in one process; the lines each printed.</summary>
    public static List<List<string>> Batch(IEnumerable<string[]> commands)
    {
        var start = new ProcessStartInfo(Shared.Need(Program), ["batch"]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        foreach (var command in commands) process.StandardInput.WriteLine(JsonSerializer.Serialize(command));
        process.StandardInput.Close();
        process.WaitForExit();
        var results = new List<List<string>> { new() };
        foreach (var line in output.Result.Split('\n'))
        {
            if (line.StartsWith("{\"exit\"", StringComparison.Ordinal)) results.Add([]);
            else if (line.Length > 0) results[^1].Add(line);
        }
        results.RemoveAt(results.Count - 1);
        Assert.True(results.Count > 0, errors.Result);
        return results;
    }

    /// <summary>Runs and demands success.</summary>
    public static string Do(params string[] arguments)
    {
        var (exit, output) = Run(arguments);
        Assert.True(exit == 0, $"judge {string.Join(' ', arguments)} ended with {exit}:\n{output}");
        return output;
    }
}
