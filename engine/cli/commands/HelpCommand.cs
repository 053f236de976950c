using System.CommandLine;
using K2I.Cli.Config;

namespace K2I.Cli.Commands;

/// <summary><c>k2i help config</c> and <c>k2i help exit-codes</c>: reference text made from the tables that the code uses.</summary>
internal static class HelpCommand
{
    public static Command Create(Terminal terminal)
    {
        var config = new Command("config", "Every section and key of the configuration");
        config.SetAction(_ => Print(terminal, ConfigReference.Write));
        var codes = new Command("exit-codes", "What the exit codes mean");
        codes.SetAction(_ => Print(terminal, WriteExitCodes));
        return new Command("help", "Reference: the configuration, exit codes") { config, codes };
    }

    private static void WriteExitCodes(TextWriter output)
    {
        foreach (var (code, meaning) in ExitCodes.All) output.WriteLine($"{(int)code,5}  {meaning}");
    }

    private static int Print(Terminal terminal, Action<TextWriter> write)
    {
        write(terminal.Out);
        return (int)ExitCode.Ok;
    }
}
