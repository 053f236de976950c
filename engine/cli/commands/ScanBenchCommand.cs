using System.CommandLine;
using K2I.Cli.Bench;

namespace K2I.Cli.Commands;

/// <summary><c>k2i bench scan</c>: queries over rows in memory.</summary>
internal static class ScanBenchCommand
{
    public static Command Create(Terminal terminal)
    {
        var rows = new Option<int>("--rows") { Description = "Events in memory", DefaultValueFactory = _ => 1_000_000 };
        var rounds = new Option<int>("--rounds")
        {
            Description = "Turns of each question; the fastest counts",
            DefaultValueFactory = _ => 10,
        };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("scan", "Queries over rows in memory: filters, an order, and each form of output") { rows, rounds, json };
        command.SetAction(arguments =>
        {
            new ScanBench(new()
            {
                Rows = Math.Clamp(arguments.GetValue(rows), 1, 10_000_000),
                Rounds = Math.Max(1, arguments.GetValue(rounds)),
                Json = arguments.GetValue(json),
            }, terminal.Out).Run();
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
