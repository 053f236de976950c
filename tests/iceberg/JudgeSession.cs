using System.Diagnostics;
using System.Text.Json;

namespace K2I.Iceberg.Tests;

/// <summary>Iceberg Java answering one command after another.</summary>
internal sealed class JudgeSession : IDisposable
{
    private readonly Process process;
    private readonly Task<string> errors;

    public JudgeSession()
    {
        process = Process.Start(new ProcessStartInfo(Shared.Need(Judge.Program), ["batch"]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>The lines printed; anything but success fails the test.</summary>
    public List<string> Do(params string[] command)
    {
        var (ended, lines) = Try(command);
        Assert.True(ended == "{\"exit\":0}", $"judge {string.Join(' ', command)}: {ended}\n{string.Join('\n', lines.TakeLast(40))}");
        return lines;
    }

    /// <summary>How it ended, as it says so, and the lines printed before.</summary>
    public (string Ended, List<string> Lines) Try(params string[] command)
    {
        process.StandardInput.WriteLine(JsonSerializer.Serialize(command));
        process.StandardInput.Flush();
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith("{\"exit\"", StringComparison.Ordinal)) return (line, lines);
            lines.Add(line);
        }
        throw new InvalidOperationException($"judge ended: {errors.Result}");
    }

    /// <summary>Demands a table without errors and warnings.</summary>
    public void Check(params string[] table)
    {
        var lines = Do(["check", .. table, "--lineage"]);
        var problems = lines.Where(l => l.StartsWith("ERROR", StringComparison.Ordinal) || l.StartsWith("WARN", StringComparison.Ordinal)).ToList();
        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(20)));
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(20_000)) process.Kill();
        process.Dispose();
    }
}
