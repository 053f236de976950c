using System.Diagnostics;

namespace K2I.EndToEnd.Tests;

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static Outcome Run(string program, IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in {Patience.TotalSeconds} s: {errors.Result}");
        }

        return new Outcome(process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>How a program ended.</summary>
    internal sealed record Outcome(int ExitCode, string Output, string Errors)
    {
        public string All => $"exit {ExitCode}\n{Output}\n{Errors}";

        public Outcome Expect(int exitCode)
        {
            Assert.True(ExitCode == exitCode, $"expected exit {exitCode}: {All}");
            return this;
        }
    }
}
