using System.Diagnostics;

namespace K2I.Kit;

/// <summary>Runs a program to its end; one that takes longer than five minutes is ended, with a <see cref="TimeoutException"/>.</summary>
public static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static ToolResult Run(
        string program,
        IEnumerable<string> arguments,
        string? input = null,
        IReadOnlyDictionary<string, string>? environment = null,
        string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (process.WaitForExit(Patience)) return new ToolResult(process.ExitCode, output.Result, errors.Result);
        process.Kill(entireProcessTree: true);
        var told = $"{program} {string.Join(' ', arguments)} did not end in {Patience.TotalMinutes} minutes: {errors.Result}";
        throw new TimeoutException(told);
    }

    /// <summary>What it wrote; throws where it fails.</summary>
    public static string Output(string program, IEnumerable<string> arguments) => Run(program, arguments).Expect(0).Output;
}
