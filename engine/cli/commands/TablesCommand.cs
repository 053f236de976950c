using System.CommandLine;

namespace K2I.Cli.Commands;

/// <summary><c>k2i tables</c>: what stands in the catalog.</summary>
internal static class TablesCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("tables", "List the tables of the catalog");
        command.SetAction(_ =>
        {
            terminal.Error.WriteLine("k2i: not here yet");
            return (int)ExitCode.Failed;
        });
        return command;
    }
}
