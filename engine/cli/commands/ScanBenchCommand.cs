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
        var where = new Option<string[]>("--where")
        {
            Description = "A filter to measure, and no form of output; again for more",
            HelpName = "FILTER",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("scan", "Queries over rows in memory: filters, an order, and each form of output")
        {
            rows, rounds, where, json,
        };
        command.SetAction(arguments =>
        {
            new ScanBench(new()
            {
                Rows = Math.Clamp(arguments.GetValue(rows), 1, 10_000_000),
                Rounds = Math.Max(1, arguments.GetValue(rounds)),
                Filters = [.. arguments.GetValue(where) ?? []],
                Json = arguments.GetValue(json),
            }, terminal.Out).Run();
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
