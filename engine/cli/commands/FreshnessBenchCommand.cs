using System.CommandLine;
using K2I.Base;
using K2I.Cli.Bench;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary><c>k2i bench freshness</c>: how old rows are when they can first be asked for.</summary>
internal static class FreshnessBenchCommand
{
    public static Command Create(Terminal terminal)
    {
        var brokers = new Option<string>("--brokers")
        {
            Description = "Kafka to produce to and read from",
            HelpName = "HOST:PORT",
            Required = true,
        };
        var partitions = new Option<int>("--partitions") { Description = "Partitions of the topic", DefaultValueFactory = _ => 4 };
        var rate = new Option<long>("--rate")
        {
            Description = "Records a second, 0 for as many as can be",
            DefaultValueFactory = _ => 100_000,
        };
        var seconds = new Option<int>("--seconds") { Description = "How long records are produced", DefaultValueFactory = _ => 20 };
        var readers = new Option<int>("--readers") { Description = "Threads that ask for rows all the time", DefaultValueFactory = _ => 0 };
        var lanes = new Option<int>("--lanes")
        {
            Description = "Lanes that read the topic",
            DefaultValueFactory = _ => EngineOptions.AutoLanes,
        };
        var flush = new Option<string>("--flush")
        {
            Description = "How long rows wait for a flush at most",
            HelpName = "TIME",
            DefaultValueFactory = _ => "30s",
        };
        var compact = new Option<bool>("--compact") { Description = "Merge files all the while, as soon as there are four" };
        var memory = new Option<string>("--memory") { Description = "Memory for rows", DefaultValueFactory = _ => "512MiB" };
        var directory = new Option<string>("--dir")
        {
            Description = "Where a warehouse is made and removed",
            HelpName = "DIR",
            DefaultValueFactory = _ => Path.GetTempPath(),
        };
        var command = new Command("freshness", "How old rows are when they can first be asked for")
        {
            brokers, partitions, rate, seconds, readers, lanes, flush, compact, memory, directory,
        };
        command.SetAction(arguments =>
        {
            if (!Units.TryParseBytes(arguments.GetValue(memory), out var bytes) || bytes < 64 << 20)
                throw new EngineException(ErrorKind.Invalid,
                    $"--memory {arguments.GetValue(memory)}: expected a size like 512MiB, at least 64MiB");
            if (!Units.TryParseMs(arguments.GetValue(flush), out var flushMs) || flushMs < 1)
                throw new EngineException(ErrorKind.Invalid, $"--flush {arguments.GetValue(flush)}: expected a time like 1s");
            new FreshnessBench(new()
            {
                Brokers = arguments.GetValue(brokers)!,
                Partitions = Math.Max(1, arguments.GetValue(partitions)),
                Rate = Math.Max(0, arguments.GetValue(rate)),
                Seconds = Math.Max(1, arguments.GetValue(seconds)),
                Readers = Math.Max(0, arguments.GetValue(readers)),
                Lanes = Math.Clamp(arguments.GetValue(lanes), 1, 64),
                FlushMs = flushMs,
                Compacts = arguments.GetValue(compact),
                MemoryBytes = bytes,
                Directory = arguments.GetValue(directory)!,
            }, terminal.Out).Run();
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
