using System.CommandLine;
using System.CommandLine.Help;
using K2I.Base;
using K2I.Cli.Commands;
using K2I.Cli.Config;

namespace K2I.Cli;

/// <summary>The command line: which commands there are, and what becomes of errors.</summary>
public static class Cli
{
    /// <summary>Runs one command of the process and returns its exit code.</summary>
    public static int Run(string[] args)
    {
        using var terminal = Terminal.OfProcess();
        return (int)Run(args, terminal);
    }

    internal static ExitCode Run(string[] args, Terminal terminal)
    {
        if (args.Length == 0) args = ["--help"];
        var root = Root(terminal);
        var result = root.Parse(args);
        if (result.Errors.Count > 0 && result.Action is not HelpAction) return Refuse(result, args, terminal);
        try
        {
            return (ExitCode)result.Invoke(new InvocationConfiguration
            {
                Output = terminal.Out,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
                // Commands that run long handle signals themselves.
                ProcessTerminationTimeout = null,
            });
        }
        catch (EngineException error)
        {
            terminal.Error.WriteLine($"k2i: {error.Message}");
            return CodeOf(error);
        }
    }

    /// <summary>The exit code for an error that ends a command.</summary>
    internal static ExitCode CodeOf(EngineException error) => error.Kind switch
    {
        ErrorKind.Invalid => ExitCode.Invalid,
        ErrorKind.NotFound => ExitCode.NotFound,
        ErrorKind.Unavailable => ExitCode.Unreachable,
        _ => ExitCode.Failed,
    };

    private static ExitCode Refuse(ParseResult result, string[] args, Terminal terminal)
    {
        var command = result.CommandResult.Command;
        var unknown = result.UnmatchedTokens is [var token, ..] ? token : null;
        if (unknown is not null)
        {
            var known = command.Subcommands.Select(c => c.Name).Concat(command.Options.Select(o => o.Name));
            var hint = Nearest.Hint(unknown, known);
            terminal.Error.WriteLine($"k2i: there is no '{WithoutValue(unknown)}' {(command is RootCommand ? "command" : $"in `{PathOf(command)}`")}{(hint is null ? "" : "; " + hint)}");
        }
        else
        {
            foreach (var error in result.Errors) terminal.Error.WriteLine("k2i: " + WithoutValues(error.Message, args));
        }
        terminal.Error.WriteLine($"`{PathOf(command)} --help` shows what there is");
        return ExitCode.Invalid;
    }

    private static RootCommand Root(Terminal terminal)
    {
        var root = new RootCommand("k2i reads Kafka topics and keeps Apache Iceberg tables, exactly once.");
        root.Subcommands.Add(IngestCommand.Create(terminal));
        root.Subcommands.Add(ValidateCommand.Create(terminal));
        root.Subcommands.Add(StatusCommand.Create(terminal));
        root.Subcommands.Add(QueryCommand.Create(terminal));
        root.Subcommands.Add(TablesCommand.Create(terminal));
        root.Subcommands.Add(CatalogsCommand.Create(terminal));
        root.Subcommands.Add(MaintenanceCommand.Create(terminal));
        root.Subcommands.Add(ResumeCommand.Create(terminal));
        root.Subcommands.Add(ReloadCommand.Create(terminal));
        root.Subcommands.Add(ReplayCommand.Create(terminal));
        root.Subcommands.Add(WalCommand.Create(terminal));
        root.Subcommands.Add(InitCommand.Create(terminal));
        root.Subcommands.Add(DemoCommand.Create(terminal));
        root.Subcommands.Add(BenchCommand.Create(terminal));
        root.Subcommands.Add(CompletionCommand.Create(terminal));
        root.Subcommands.Add(HelpCommand.Create(terminal));
        root.Subcommands.Add(VersionCommand.Create(terminal));
        return root;
    }

    private static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : "k2i";

    /// <summary>An argument like <c>kafka.sasl.password=…</c> in the wrong place is not repeated with its value.</summary>
    private static string WithoutValues(string message, string[] args)
    {
        foreach (var arg in args)
            if (WithoutValue(arg) is var shown && shown.Length != arg.Length) message = message.Replace(arg, shown, StringComparison.Ordinal);
        return message;
    }

    private static string WithoutValue(string arg) => arg.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? arg[..(at + 1)] + Redactor.Mask : arg;
}
