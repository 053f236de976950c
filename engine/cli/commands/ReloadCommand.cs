using System.CommandLine;
using K2I.Base;
using K2I.Cli.Running;

namespace K2I.Cli.Commands;

/// <summary><c>k2i reload</c>: the running process reads its configuration again. It takes the request from its data directory and answers
/// there.</summary>
internal static class ReloadCommand
{
    private const int PollMs = 50;

    public static Command Create(Terminal terminal)
    {
        var directory = new Option<string?>("--data-dir")
        {
            Description = "The process's data directory, without a configuration here",
            HelpName = "DIR"
        };
        var wait = new Option<string>("--wait")
        {
            Description = "How long to wait for the process to answer",
            HelpName = "TIME",
            DefaultValueFactory = _ => "10s"
        };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("reload",
            "Have the running process read its configuration again; "
                + "exit code 2 if that is wrong and nothing was changed, 3 if no process answers") { directory, wait, json };
        var config = new ConfigArguments();
        config.AddTo(command);
        command.SetAction(arguments =>
        {
            if (!Units.TryParseMs(arguments.GetValue(wait)!, out var waitMs)) throw new EngineException(ErrorKind.Invalid,
                $"--wait: expected a time such as 10s, found '{arguments.GetValue(wait)}'");
            var data = arguments.GetValue(directory);
            if (data is null)
            {
                var loaded = config.Load(arguments, terminal);
                if (loaded.Options is not { } options) return (int)ConfigArguments.Report(loaded, terminal);
                data = options.Engine.DataDirectory;
            }
            return (int)Run(data, waitMs, arguments.GetValue(json), terminal);
        });
        return command;
    }

    private static ExitCode Run(string dataDirectory, long waitMs, bool json, Terminal terminal)
    {
        if (!Directory.Exists(dataDirectory)) throw new EngineException(ErrorKind.Unavailable,
            $"there is no data_dir {dataDirectory}, so no process that runs with it");
        var mailbox = new ReloadMailbox(dataDirectory);
        var id = mailbox.Ask();
        var deadline = Environment.TickCount64 + waitMs;
        ReloadOutcome? outcome;
        while ((outcome = mailbox.AnswerTo(id)) is null && Environment.TickCount64 < deadline) Thread.Sleep(PollMs);
        if (outcome is null)
        {
            mailbox.Withdraw();
            throw new EngineException(ErrorKind.Unavailable, $"no process with data_dir = {dataDirectory} has answered");
        }
        if (json)
        {
            JsonOut.Print(terminal.Out, writer =>
            {
                writer.WriteStartObject();
                outcome.Write(writer);
                writer.WriteEndObject();
            });
        }
        else Print(outcome, terminal);
        return outcome.Ok ? ExitCode.Ok : ExitCode.Invalid;
    }

    private static void Print(ReloadOutcome outcome, Terminal terminal)
    {
        foreach (var problem in outcome.Problems) terminal.Error.WriteLine(problem);
        if (!outcome.Ok)
        {
            terminal.Error.WriteLine("k2i: nothing was changed");
            return;
        }
        foreach (var (what, tables) in new[] { ("added", outcome.Added), ("changed", outcome.Changed), ("removed", outcome.Removed) })
            if (!tables.IsEmpty) terminal.Say($"{what}: {string.Join(", ", tables)}");
        if (outcome.Added.IsEmpty && outcome.Changed.IsEmpty && outcome.Removed.IsEmpty) terminal.Say("the tables are as they were");
        if (!outcome.NeedRestart.IsEmpty) terminal.Say($"wait for a restart: {string.Join(", ", outcome.NeedRestart)}");
    }
}
