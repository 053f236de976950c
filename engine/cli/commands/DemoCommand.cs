using System.CommandLine;
using K2I.Base;
using K2I.Cli.Logging;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary><c>k2i demo</c>: Kafka records become an Iceberg table, on this machine alone.</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal)
    {
        var directory = new Option<string>("--dir") { Description = "Folder for warehouse and data", HelpName = "DIR", DefaultValueFactory = _ => "./demo" };
        var records = new Option<long>("--records") { Description = "Events to produce", DefaultValueFactory = _ => 2_000_000 };
        var partitionBy = new Option<string?>("--partition-by") { Description = "Partition the table, as in k2i.ini: 'day(event_time), bucket(4, user_id)'", HelpName = "FIELDS" };
        var format = FormatOption();
        var verbose = new Option<bool>("--verbose") { Description = "Show the engine's log" };
        var command = new Command("demo", "See the main job: an embedded Kafka broker, a producer, an Iceberg table")
        {
            directory, records, partitionBy, format, verbose,
        };
        command.SetAction(arguments =>
        {
            var count = arguments.GetValue(records);
            if (count < 1) throw new EngineException(ErrorKind.Invalid, $"--records {count}: expected a number above 0");
            using var log = LogWriter.Open(new() { Level = arguments.GetValue(verbose) ? LogLevel.Info : LogLevel.Warn }, terminal, new());
            var options = new Demo.DemoOptions(arguments.GetValue(directory)!, count, arguments.GetValue(partitionBy),
                FormatOf(arguments.GetValue(format)!));
            new Demo.Demo(options, terminal, log).Run();
            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Of events that are generated.</summary>
    internal static Option<string> FormatOption()
    {
        var format = new Option<string>("--format") { Description = "What events are written in", DefaultValueFactory = _ => "json" };
        format.AcceptOnlyFromAmong("json", "avro", "protobuf");
        return format;
    }

    internal static RecordFormat FormatOf(string name) => name switch
    {
        "avro" => RecordFormat.Avro,
        "protobuf" => RecordFormat.Protobuf,
        _ => RecordFormat.Json,
    };
}
