using System.CommandLine;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Config;
using K2I.Cli.Running;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary><c>k2i resume TABLE [--accept REASON]</c>: lets a paused table go on. The running process takes the request from its data directory.</summary>
internal static class ResumeCommand
{
    private const int PollMs = 100;

    public static Command Create(Terminal terminal)
    {
        var table = new Argument<string>("table") { Description = "The table, as its [table.NAME] section names it" };
        var accept = new Option<string?>("--accept") { Description = $"Live with the reason for the pause: {string.Join(", ", PauseReasons.Acceptable)}", HelpName = "REASON" };
        accept.CompletionSources.Add([.. PauseReasons.Acceptable]);
        var wait = new Option<string>("--wait") { Description = "How long to wait for the process to take it", HelpName = "TIME", DefaultValueFactory = _ => "5s" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("resume", "Let a paused table go on; exit code 3 if no process takes the request, 4 if the table pauses again") { table, accept, wait, json };
        var config = new ConfigArguments();
        config.AddTo(command);
        command.SetAction(arguments =>
        {
            var loaded = config.Load(arguments, terminal);
            if (loaded.Options is not { } options) return (int)ConfigArguments.Report(loaded, terminal);
            if (!Units.TryParseMs(arguments.GetValue(wait)!, out var waitMs)) throw new EngineException(ErrorKind.Invalid, $"--wait: expected a time such as 5s, found '{arguments.GetValue(wait)}'");
            return (int)Run(options, arguments.GetValue(table)!, arguments.GetValue(accept), waitMs, arguments.GetValue(json), terminal);
        });
        return command;
    }

    /// <summary>The command that would let a table go on that is paused for a reason.</summary>
    public static string Hint(string table, string reason) =>
        PauseReasons.TryParse(reason, out var known) && PauseReasons.CanAccept(known) ? $"k2i resume {table} --accept {reason}" : $"k2i resume {table}, once its cause is gone";

    private static ExitCode Run(AppOptions options, string name, string? accept, long waitMs, bool json, Terminal terminal)
    {
        var table = ConfiguredTable.Find(options.Engine, name);
        PauseReason? reason = accept is null ? null : Reason(accept);
        var before = StateOf(options, table.Name);
        if (before is { } now)
        {
            if (now.Reason is null) return Tell(terminal, json, table.Name, accept, $"is {now.State}, not paused; there is nothing to resume", "not-paused", ExitCode.Ok);
            if (accept is not null && accept != now.Reason)
                throw new EngineException(ErrorKind.Invalid, $"table {table.Name} is paused for {now.Reason}, not for {accept}; {Hint(table.Name, now.Reason)}");
        }
        var request = new ResumeRequest(table.Name, Guid.NewGuid().ToString("N"), reason, SystemClock.Instance.UnixMs);
        request.Write(options.Engine.DataDirectory);
        var path = ResumeRequest.PathOf(options.Engine.DataDirectory, table.Name);
        if (!WaitUntil(waitMs, () => !File.Exists(path)))
        {
            // Left there, it would let the table go on one day when no one thinks of it any more.
            File.Delete(path);
            return Tell(terminal, json, table.Name, accept, $"was not resumed: no process with data_dir = {options.Engine.DataDirectory} has taken the request, or the table is not paused there", "not-taken", ExitCode.Unreachable);
        }
        if (before is null) return Tell(terminal, json, table.Name, accept, "goes on: the process has taken the request", "taken", ExitCode.Ok);
        // Whether it goes on shows once Kafka has answered for each partition: an offset that is not held is told by the first fetch only.
        var hasLeft = false;
        WaitUntil(waitMs, () =>
        {
            if (StateOf(options, table.Name) is not { } next) return true;
            hasLeft |= next.Reason is null;
            return next.Reason is null ? next is { State: not "starting", Fetched: true } : hasLeft;
        });
        return StateOf(options, table.Name) is { Reason: { } still } after
            ? Tell(terminal, json, table.Name, accept, $"is paused again for {still}: {after.Detail}", "paused-again", ExitCode.Unhealthy)
            : Tell(terminal, json, table.Name, accept, $"is {StateOf(options, table.Name)?.State ?? "going on"}", "resumed", ExitCode.Ok);
    }

    private static ExitCode Tell(Terminal terminal, bool json, string table, string? accept, string words, string outcome, ExitCode code)
    {
        if (json)
        {
            JsonOut.Print(terminal.Out, writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("table", table);
                writer.WriteString("accepted", accept);
                writer.WriteString("outcome", outcome);
                writer.WriteString("detail", $"table {table} {words}");
                writer.WriteEndObject();
            });
        }
        else (code == ExitCode.Ok ? terminal.Out : terminal.Error).WriteLine($"{(code == ExitCode.Ok ? "" : "k2i: ")}table {table} {words}");
        return code;
    }

    private static PauseReason Reason(string text)
    {
        if (!PauseReasons.TryParse(text, out var reason))
            throw new EngineException(ErrorKind.Invalid, $"--accept: there is no reason '{Shown(text)}'; {Nearest.Hint(text, PauseReasons.Acceptable) ?? $"it is one of {string.Join(", ", PauseReasons.Acceptable)}"}");
        if (!PauseReasons.CanAccept(reason)) throw new EngineException(ErrorKind.Invalid, $"--accept: {text} cannot be accepted; end its cause, then `k2i resume` without --accept");
        return reason;
    }

    // What came from the command line may hold anything; what is printed must not move the cursor.
    private static string Shown(string text) => string.Concat(text.Take(60).Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>What the running process says of the table; null where it cannot be asked.</summary>
    private static (string State, string? Reason, string Detail, bool Fetched)? StateOf(AppOptions options, string table)
    {
        if (options.Http is not { } http) return null;
        try
        {
            using var status = ProcessClient.Status(ProcessAddress.Of(http), new(table, Unhealthy: false));
            foreach (var entry in status.RootElement.GetProperty("tables").EnumerateArray())
            {
                if (entry.GetProperty("name").GetString() != table) continue;
                var partitions = entry.GetProperty("partitions").EnumerateArray().ToArray();
                var detail = entry.GetProperty("detail").GetString()!;
                // Without a partition, a table that runs says why; one that says nothing is about to lose or to get them.
                var isFetched = partitions.Length == 0 ? detail.Length > 0 : partitions.All(p => !p.TryGetProperty("fetched", out var fetched) || fetched.GetBoolean());
                return (entry.GetProperty("state").GetString()!, entry.TryGetProperty("pause_reason", out var reason) ? reason.GetString() : null, detail, isFetched);
            }
        }
        catch (Exception error) when (error is EngineException or KeyNotFoundException or InvalidOperationException or JsonException)
        {
            // The request works without the endpoint.
        }
        return null;
    }

    private static bool WaitUntil(long waitMs, Func<bool> done)
    {
        var deadline = Environment.TickCount64 + waitMs;
        while (!done())
        {
            if (Environment.TickCount64 >= deadline) return false;
            Thread.Sleep(PollMs);
        }
        return true;
    }
}
