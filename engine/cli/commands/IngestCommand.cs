using System.CommandLine;
using K2I.Base;
using K2I.Cli.Logging;
using K2I.Cli.Running;

namespace K2I.Cli.Commands;

/// <summary><c>k2i ingest</c>: the main job, until a signal asks it to stop.</summary>
internal static class IngestCommand
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("ingest",
            "Read the topics and keep the tables, until SIGINT or SIGTERM; SIGHUP reads the configuration again");
        var config = new ConfigArguments();
        config.AddTo(command);
        command.SetAction(arguments => (int)Run(config, arguments, terminal));
        return command;
    }

    private static ExitCode Run(ConfigArguments arguments, ParseResult parsed, Terminal terminal)
    {
        var config = arguments.Load(parsed, terminal);
        if (config.Options is not { } options) return ConfigArguments.Report(config, terminal);
        try
        {
            using var log = LogWriter.Open(options.Log, terminal, config.Redactor);
            var reloader = new Reloader(config, arguments.CanRead(parsed) ? () => arguments.Load(parsed, terminal) : null, log);
            return new Supervisor(options, log, terminal.Environment, Posix.Leave,
                reloader).Run(() => EngineHandle.Start(options.Engine, log));
        }
        catch (EngineException error)
        {
            terminal.Error.WriteLine("k2i: " + config.Redactor.Scrub(error.Message));
            return error.Kind == ErrorKind.Invalid ? ExitCode.Invalid : ExitCode.Failed;
        }
    }
}
