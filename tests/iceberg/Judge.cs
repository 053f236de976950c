using System.Diagnostics;

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

    /// <summary>Runs and demands success.</summary>
    public static string Do(params string[] arguments)
    {
        var (exit, output) = Run(arguments);
        Assert.True(exit == 0, $"judge {string.Join(' ', arguments)} ended with {exit}:\n{output}");
        return output;
    }
}
