using System.CommandLine;
using System.Globalization;
using K2I.Base;
using K2I.Cli.Bench;

namespace K2I.Cli.Commands;

/// <summary><c>k2i bench index</c>: the key index.</summary>
internal static class IndexBenchCommand
{
    private const int LeastKeys = 1_000, MostKeys = 100_000_000;

    public static Command Create(Terminal terminal)
    {
        var keys = new Option<string>("--keys")
        {
            Description = "Different keys in the index, commas between",
            HelpName = "N,…",
            DefaultValueFactory = _ => "1000000,10000000",
        };
        var rounds = new Option<int>("--rounds") { Description = "Fills of each index", DefaultValueFactory = _ => 3 };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("index", "The key index: cost of a row, of a lookup, memory of a key") { keys, rounds, json };
        command.SetAction(arguments =>
        {
            new IndexBench(new()
            {
                Keys = [.. arguments.GetValue(keys)!.Split(',').Select(Count)],
                Rounds = Math.Max(1, arguments.GetValue(rounds)),
                Json = arguments.GetValue(json),
            }, terminal.Out).Run();
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= LeastKeys and <= MostKeys
            ? count
            : throw new EngineException(ErrorKind.Invalid, $"--keys {text}: expected {LeastKeys} to {MostKeys} keys");
}
