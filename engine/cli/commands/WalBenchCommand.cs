using System.CommandLine;
using K2I.Base;
using K2I.Cli.Bench;

namespace K2I.Cli.Commands;

/// <summary><c>k2i bench wal</c>: the log on this machine's disk.</summary>
internal static class WalBenchCommand
{
    public static Command Create(Terminal terminal)
    {
        var directory = new Option<string>("--dir") { Description = "Where a log is made and removed: the disk to measure", HelpName = "DIR", DefaultValueFactory = _ => Path.GetTempPath() };
        var seconds = new Option<int>("--seconds") { Description = "Length of each run", DefaultValueFactory = _ => 5 };
        var replay = new Option<string>("--replay") { Description = "Size of the log that is opened and replayed", HelpName = "SIZE", DefaultValueFactory = _ => "1GiB" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("wal", "The write-ahead log: cost of a record, time until it is on disk, replay") { directory, seconds, replay, json };
        command.SetAction(arguments =>
        {
            if (!Units.TryParseBytes(arguments.GetValue(replay), out var bytes) || bytes <= 0) throw new EngineException(ErrorKind.Invalid, $"--replay {arguments.GetValue(replay)}: expected a size like 1GiB");
            new WalBench(new()
            {
                Directory = arguments.GetValue(directory)!,
                Seconds = Math.Max(1, arguments.GetValue(seconds)),
                ReplayBytes = bytes,
                Json = arguments.GetValue(json),
            }, terminal.Out).Run();
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
