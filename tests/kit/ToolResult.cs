namespace K2I.Kit;

/// <summary>How a program ended.</summary>
public sealed record ToolResult(int ExitCode, string Output, string Errors)
{
    public string All => $"exit {ExitCode}\n{Output}\n{Errors}";

    /// <summary>Throws <see cref="InvalidOperationException"/> with all it said where it ended otherwise.</summary>
    public ToolResult Expect(int exitCode) =>
        ExitCode == exitCode ? this : throw new InvalidOperationException($"expected exit {exitCode}: {All}");
}
