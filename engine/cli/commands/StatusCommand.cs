using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Running;
using K2I.Serve;

namespace K2I.Cli.Commands;

/// <summary><c>k2i status</c>: asks the running process how it goes.</summary>
internal static class StatusCommand
{
    /// <summary>The page for people shows so many, unhealthy ones first.</summary>
    private const int MostTables = 50, MostRefused = 10;

    public static Command Create(Terminal terminal)
    {
        var table = new Option<string?>("--table") { Description = "Only this table; the exit code is its own", HelpName = "NAME" };
        var unhealthy = new Option<bool>("--unhealthy") { Description = "Only tables that ask for a person" };
        var json = new Option<bool>("--json") { Description = "Print JSON" };
        var command = new Command("status",
            "Ask the running process how it goes; "
                + "exit code 3 if it does not answer, 4 if it is unhealthy, 5 if there is no such table") { table, unhealthy, json };
        var process = new ProcessArguments();
        process.AddTo(command);
        command.SetAction(arguments => (int)Run(
            process, arguments, new(arguments.GetValue(table), arguments.GetValue(unhealthy)), arguments.GetValue(json), terminal));
        return command;
    }

    private static ExitCode Run(ProcessArguments arguments, ParseResult parsed, StatusQuery query, bool json, Terminal terminal)
    {
        ProcessAddress? address;
        if (!arguments.IsNamed(parsed) && arguments.Config.IsGiven(parsed))
        {
            var config = arguments.Config.Load(parsed, terminal);
            if (config.Options is null) return ConfigArguments.Report(config, terminal);
            if (config.Options.Http is not { } http)
            {
                terminal.Error.WriteLine("k2i: [http] listen is off, so there is nothing to ask");
                return ExitCode.Invalid;
            }
            address = ProcessAddress.Of(http);
        }
        else
        {
            address = arguments.Named(parsed, terminal);
            if (address is null) return ExitCode.Invalid;
        }
        try
        {
            using var status = ProcessClient.Status(address, query);
            var tables = status.RootElement.GetProperty("tables");
            if (query.Table is { } name && tables.GetArrayLength() == 0)
            {
                terminal.Error.WriteLine($"k2i: the process has no table "
                    + $"'{string.Concat(name.Take(60).Select(c => char.IsControl(c) ? ' ' : c))}'{(query.Unhealthy ? " that is unhealthy" : "")}");
                return ExitCode.NotFound;
            }
            if (json) JsonOut.Print(terminal.Out, status.RootElement.WriteTo);
            else Print(status.RootElement, terminal);
            return (query.Table is null ? status.RootElement : tables[0]).GetProperty("healthy").GetBoolean() ? ExitCode.Ok
                : ExitCode.Unhealthy;
        }
        catch (EngineException error)
        {
            terminal.Error.WriteLine($"k2i: {error.Message}");
            return error.Kind == ErrorKind.Unavailable ? ExitCode.Unreachable : ExitCode.Failed;
        }
    }

    private static void Print(JsonElement status, Terminal terminal)
    {
        var stopping = status.GetProperty("stopping").GetBoolean();
        var words = stopping ? "stopping" : status.GetProperty("healthy").GetBoolean() ? "healthy" : "unhealthy";
        terminal.Say($"k2i {status.GetProperty("version").GetString()}: {words}, up for {Units.FormatMs(status.GetProperty("uptime_ms").GetInt64() / 1000 * 1000)}");
        PrintSums(status.GetProperty("sums"), status.GetProperty("lanes"), terminal);
        terminal.Out.WriteLine();
        var all = status.GetProperty("tables").EnumerateArray().ToList();
        var shown = all.Count <= MostTables ? all
            : [.. all.OrderBy(t => t.GetProperty("healthy").GetBoolean()).ThenByDescending(t => t.GetProperty("lag").GetInt64())
                .Take(MostTables)];
        var table = new TextTable("table", "state", ">rows", ">committed", ">dead letters", ">lag", ">buffered", "last commit");
        foreach (var t in shown)
            table.Add(t.GetProperty("name").GetString()!, t.GetProperty("state").GetString()!, Number(t, "rows"), Number(t, "rows_committed"),
                t.GetProperty("dead_letters").EnumerateObject().Sum(d => d.Value.GetInt64()).ToString("N0", CultureInfo.InvariantCulture), Number(t, "lag"),
                Units.FormatBytes(t.GetProperty("ring_bytes").GetInt64()), Ago(t.GetProperty("last_commit_unix_ms").GetInt64(), status));
        table.Print(terminal);
        if (shown.Count < all.Count)
            terminal.Say($"and {Grouped(all.Count - shown.Count)} more; --table NAME, --unhealthy and --json show them");
        foreach (var t in shown) PrintTroubles(t, terminal);
        foreach (var lane in status.GetProperty("lanes").EnumerateArray())
            if (Text(lane, "wal_trouble") is { } trouble) terminal.Say($"lane {lane.GetProperty("lane").GetInt32()}: log: {trouble}");
        var refused = status.GetProperty("refused_topics").EnumerateArray().ToList();
        foreach (var topic in refused.Take(MostRefused))
            terminal.Say($"topic {Text(topic, "topic")} makes no table of [table.{Text(topic, "section")}]: {Text(topic, "reason")}");
        if (refused.Count > MostRefused) terminal.Say($"and {Grouped(refused.Count - MostRefused)} more topics that make no table");
    }

    private static void PrintSums(JsonElement sums, JsonElement lanes, Terminal terminal)
    {
        var states = string.Join(", ", sums.GetProperty("states").EnumerateObject().Select(s => $"{Grouped(s.Value.GetInt64())} {s.Name}"));
        terminal.Say($"tables: {Number(sums, "tables")}{(states.Length > 0 ? $" ({states})" : "")}, "
            + $"{Number(sums, "partitions")} partitions, {lanes.GetArrayLength()} lanes");
        terminal.Say($"rows: {Number(sums, "rows")}, committed {Number(sums, "rows_committed")}, "
            + $"dead letters {Number(sums, "dead_letters")}, lag {Number(sums, "lag")}");
        terminal.Say($"memory: {Units.FormatBytes(sums.GetProperty("ring_bytes").GetInt64())} of "
            + $"{Units.FormatBytes(sums.GetProperty("ring_budget_bytes").GetInt64())}, logs {Units.FormatBytes(sums.GetProperty("wal_disk_bytes").GetInt64())}");
    }

    private static void PrintTroubles(JsonElement table, Terminal terminal)
    {
        var name = table.GetProperty("name").GetString();
        var detail = Text(table, "detail");
        if (Text(table, "recovering") is { } recovering) terminal.Say($"{name}: {recovering}");
        if (detail is not null) terminal.Say($"{name}: {detail}");
        if (Text(table, "last_error") is { } error && error != detail) terminal.Say($"{name}: last error: {error}");
        if (MissingTopics(table) is { Length: > 0 } missing) terminal.Say($"{name}: missing in Kafka: {string.Join(", ", missing)}");
        if (Text(table,
            "pause_reason") is { } reason) terminal.Say($"{name}: paused for {reason}; to go on: {ResumeCommand.Hint(name!, reason)}");
    }

    /// <summary>Null for an empty text, and for one that an older process does not tell.</summary>
    private static string? Text(JsonElement table, string name) => table.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } text ? text : null;

    private static string[] MissingTopics(JsonElement table) =>
        table.TryGetProperty("missing_topics", out var topics) ? [.. topics.EnumerateArray().Select(t => t.GetString()!)] : [];

    private static string Number(JsonElement table, string name) => Grouped(table.GetProperty(name).GetInt64());

    private static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Ago(long unixMs, JsonElement status)
    {
        var now = status.GetProperty("started_unix_ms").GetInt64() + status.GetProperty("uptime_ms").GetInt64();
        return unixMs == 0 ? "never" : $"{Units.FormatMs(Math.Max(0, now - unixMs) / 1000 * 1000)} ago";
    }
}
