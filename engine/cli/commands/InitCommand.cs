using System.CommandLine;

namespace K2I.Cli.Commands;

/// <summary><c>k2i init</c>: writes a commented starter file from a few answers.</summary>
internal static class InitCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("init", "Write a starter configuration");
        command.SetAction(_ =>
        {
            terminal.Error.WriteLine("k2i: not here yet");
            return (int)ExitCode.Failed;
        });
        return command;
    }
}
