using System.CommandLine;
using K2I.Base;
using K2I.Cli.Config;
using K2I.Cli.Queries;
using K2I.Cli.Running;
using K2I.Query;

namespace K2I.Cli.Commands;

/// <summary><c>k2i query TABLE</c>: rows of a table, those in the memory of the running process included.</summary>
internal static class QueryCommand
{
    public static Command Create(Terminal terminal)
    {
        var options = new QueryOptions();
        var process = new ProcessArguments();
        var command = new Command("query",
            "Ask the running process for rows, a moment after they were produced; where none runs, read the table alone. "
                + "Exit code 1 if the answer is cut short or took too long, 2 if the question is wrong, "
                + "3 if nothing answers, 5 if there is no such table or row");
        options.AddTo(command);
        process.AddTo(command);
        command.SetAction(parsed => (int)Run(options, process, parsed, terminal));
        return command;
    }

    private static ExitCode Run(QueryOptions options, ProcessArguments process, ParseResult parsed, Terminal terminal)
    {
        AppOptions? configured = null;
        if (!process.IsNamed(parsed) && process.Config.IsGiven(parsed))
        {
            var config = process.Config.Load(parsed, terminal);
            if (config.Options is null) return ConfigArguments.Report(config, terminal);
            configured = config.Options;
        }
        ProcessAddress? address = null;
        if (configured is null)
        {
            address = process.Named(parsed, terminal);
            if (address is null) return ExitCode.Invalid;
        }
        else if (configured.Http is { } http)
        {
            address = ProcessAddress.Of(http);
        }
        try
        {
            return Print(options, parsed, address, configured, terminal);
        }
        catch (QueryException error)
        {
            terminal.Error.WriteLine($"k2i: {TextFit.Clean(error.Message)}");
            return error.Fault is QueryFault.NotReached or QueryFault.TimedOut ? ExitCode.Failed : Cli.CodeOf(error);
        }
        catch (IOException) when (terminal.IsOutputGone)
        {
            // Whoever reads has enough.
            return ExitCode.Ok;
        }
    }

    private static ExitCode Print(
        QueryOptions options, ParseResult parsed, ProcessAddress? address, AppOptions? configured, Terminal terminal)
    {
        var format = options.FormatOf(parsed, terminal);
        if (format == "arrow" && terminal.Width is not null)
        {
            terminal.Error.WriteLine("k2i: Arrow is bytes; it needs a file or pipe to go to");
            return ExitCode.Invalid;
        }
        var limit = options.LimitOf(parsed, format);
        var question = options.QuestionOf(parsed, configured?.Engine.Iceberg.Namespace ?? Keys.Namespace.Default!, limit);
        if (format != QueryOptions.AsTable) return Ask(format, terminal.WriteBytes);
        var table = new CsvTable(terminal);
        var code = Ask("csv", table.Write);
        if (code == ExitCode.Ok) table.Finish();
        if (limit is { } most && table.Rows == most) terminal.Error.WriteLine($"k2i: the first {most} rows; --limit 0 shows all");
        return code;

        ExitCode Ask(string form, Sink sink) => options.IsFollow(parsed)
            ? Follow(question, address, terminal, sink)
            : Rows(question, form, address, configured, terminal, sink);
    }

    private static ExitCode Follow(QuestionText question, ProcessAddress? address, Terminal terminal, Sink sink)
    {
        if (address is null) throw new EngineException(ErrorKind.Unavailable, "[http] is off, so there is no process to follow");
        using var process = new ProcessClient(address);
        return new RunningQuery(process).Follow(question, terminal, sink);
    }

    private static ExitCode Rows(
        QuestionText question, string format, ProcessAddress? address, AppOptions? configured, Terminal terminal, Sink sink)
    {
        var why = "[http] is off";
        if (address is not null)
        {
            using var process = new ProcessClient(address);
            try
            {
                return new RunningQuery(process).Rows(question, format, terminal, sink);
            }
            catch (EngineException error) when (error.Kind == ErrorKind.Unavailable && configured is not null)
            {
                why = error.Message;
            }
        }
        if (question.Source == QuestionText.Sources[(int)QuerySource.Hot])
            throw new EngineException(ErrorKind.Unavailable, $"{why}, so there are no rows in memory");
        terminal.Error.WriteLine($"k2i: {TextFit.Clean(why)}: rows of the table alone");
        return ColdQuery.Rows(Catalogs.Open(configured!.Engine.Iceberg), configured.Engine.Tables, question, format, terminal, sink);
    }
}
