using System.CommandLine;
using K2I.Base;
using K2I.Pipeline;
using K2I.Cli.Bench;

namespace K2I.Cli.Commands;

/// <summary><c>k2i bench</c>: what this machine does with the main job, measured in the shipped binary.</summary>
internal static class BenchCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("bench", "Measure the main job on this machine");
        command.Subcommands.Add(CreateIngest(terminal));
        command.Subcommands.Add(WalBenchCommand.Create(terminal));
        command.Subcommands.Add(ParquetBenchCommand.Create(terminal));
        command.Subcommands.Add(CommitBenchCommand.Create(terminal));
        command.Subcommands.Add(IndexBenchCommand.Create(terminal));
        command.Subcommands.Add(ScanBenchCommand.Create(terminal));
        command.Subcommands.Add(FreshnessBenchCommand.Create(terminal));
        command.Subcommands.Add(CompactBenchCommand.Create(terminal));
        return command;
    }

    private static Command CreateIngest(Terminal terminal)
    {
        var brokers = new Option<string?>("--brokers") { Description = "Kafka to read from; the topic is created and filled. Without it: the embedded broker", HelpName = "HOST:PORT" };
        var topic = new Option<string>("--topic") { Description = "A topic of the benchmark's own", DefaultValueFactory = _ => "k2i_bench" };
        var records = new Option<long>("--records") { Description = "Records in the topic", DefaultValueFactory = _ => 2_000_000 };
        var partitions = new Option<int>("--partitions") { Description = "Partitions of the topic when created", DefaultValueFactory = _ => 4 };
        var tables = new Option<int>("--tables")
        {
            Description = "Topics, each with so many partitions, that are read into one table and each into its own",
            DefaultValueFactory = _ => 1
        };
        var readers = new Option<int>("--readers")
        {
            Description = "The third time, threads that ask for rows of the table all the while",
            DefaultValueFactory = _ => 0
        };
        var format = DemoCommand.FormatOption();
        var rounds = new Option<int>("--rounds") { Description = "Turns of bare consumer and ingest", DefaultValueFactory = _ => 3 };
        var memory = new Option<string>("--memory") { Description = "Memory for rows", DefaultValueFactory = _ => "512MiB" };
        var lanes = new Option<int>("--lanes")
        {
            Description = "Lanes that read the topic",
            DefaultValueFactory = _ => EngineOptions.AutoLanes
        };
        var directory = new Option<string>("--dir") { Description = "Where warehouses are made and removed", HelpName = "DIR", DefaultValueFactory = _ => Path.GetTempPath() };
        var warehouse = new Option<string?>("--warehouse")
        {
            Description = "The third time, flushes of 128 MiB to a store, reached as the environment says; the second time such to --dir",
            HelpName = "LOCATION"
        };
        var command = new Command("ingest", "Kafka to Iceberg, next to a bare consumer of the same topic") { brokers, topic, records,
            partitions, tables, readers, format, rounds, lanes, memory, directory, warehouse };
        command.SetAction(arguments =>
        {
            if (arguments.GetValue(lanes) is < 1 or > 64) throw new EngineException(ErrorKind.Invalid,
                $"--lanes {arguments.GetValue(lanes)}: expected 1 to 64");
            var least = arguments.GetValue(lanes) * EngineOptions.LeastMemoryBytes + EngineOptions.AutoFlushThreads * EngineOptions.LeastFlushMemoryBytes;
            if (!Units.TryParseBytes(arguments.GetValue(memory), out var bytes) || bytes < least)
                throw new EngineException(ErrorKind.Invalid,
                    $"--memory {arguments.GetValue(memory)}: expected a size like 512MiB, at least {least >> 20}MiB");
            new IngestBench(new()
            {
                Brokers = arguments.GetValue(brokers),
                Topic = arguments.GetValue(topic)!,
                Records = arguments.GetValue(records),
                Partitions = arguments.GetValue(partitions),
                Tables = Math.Max(1, arguments.GetValue(tables)),
                Readers = Math.Max(0, arguments.GetValue(readers)),
                Format = DemoCommand.FormatOf(arguments.GetValue(format)!),
                Rounds = Math.Max(1, arguments.GetValue(rounds)),
                MemoryBytes = bytes,
                Lanes = arguments.GetValue(lanes),
                Directory = arguments.GetValue(directory)!,
                Warehouse = arguments.GetValue(warehouse),
            }, terminal.Out).Run();
            return (int)ExitCode.Ok;
        });
        return command;
    }
}
