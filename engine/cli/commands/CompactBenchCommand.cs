using System.CommandLine;
using K2I.Cli.Bench;

namespace K2I.Cli.Commands;

/// <summary><c>k2i bench compact</c>: files put together, by one thread in memory.</summary>
internal static class CompactBenchCommand
{
    public static Command Create(Terminal terminal)
    {
        var rows = new Option<int>("--rows") { Description = "Events in the files", DefaultValueFactory = _ => 4_000_000 };
        var files = new Option<int>("--files") { Description = "Files that they are in", DefaultValueFactory = _ => 8 };
        var version = new Option<int>("--format-version") { Description = "Of the table, 2 or 3", DefaultValueFactory = _ => 2 };
        var rounds = new Option<int>("--rounds") { Description = "Turns of each way; the fastest counts", DefaultValueFactory = _ => 3 };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("compact", "Files put together: copied, encoded anew, sorted") { rows, files, version, rounds, json };
        command.SetAction(arguments =>
        {
            new CompactBench(new()
            {
                Rows = Math.Clamp(arguments.GetValue(rows), 1000, 50_000_000),
                Files = Math.Clamp(arguments.GetValue(files), 2, 100),
                FormatVersion = Math.Clamp(arguments.GetValue(version), 2, 3),
                Rounds = Math.Max(1, arguments.GetValue(rounds)),
                Json = arguments.GetValue(json),
            }, terminal.Out).Run();
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
