using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using K2I.Base;
using K2I.Wal;

namespace K2I.Cli.Commands;

/// <summary><c>k2i wal inspect</c> and <c>k2i wal verify</c>: what the logs of lanes below the data directory hold, also while k2i runs.
/// Changes nothing.</summary>
internal static class WalCommand
{
    private static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Terminal terminal)
    {
        var table = new Option<string?>("--table") { Description = "Only entries of this table", HelpName = "NAME", Recursive = true };
        var directory = new Option<string?>("--data-dir") { Description = "Look below this data directory, without a configuration", HelpName = "DIR", Recursive = true };
        var json = new Option<bool>("--json") { Description = "Print JSON, one object a line", Recursive = true };
        var config = new ConfigArguments { Recursive = true };
        var command = new Command("wal", "Look into the write-ahead logs") { table, directory, json };
        config.AddTo(command);

        var from = new Option<long>("--from") { Description = "Only entries from this position on", HelpName = "POSITION" };
        var inspect = new Command("inspect", "What the logs hold: files and totals; with --json every entry") { from };
        inspect.SetAction(arguments => (int)With(config, arguments, arguments.GetValue(directory), arguments.GetValue(table), terminal,
            log =>
        {
            if (arguments.GetValue(json)) PrintEntries(terminal.Out, log, new(arguments.GetValue(from)));
            else PrintSummary(terminal, log, new(arguments.GetValue(from)));
            return true;
        }));
        var verify = new Command("verify", "Check every frame; exit code 1 if a log is damaged");
        verify.SetAction(arguments => (int)With(config, arguments, arguments.GetValue(directory), arguments.GetValue(table), terminal,
            log => Verify(terminal, log, arguments.GetValue(json))));
        command.Subcommands.Add(inspect);
        command.Subcommands.Add(verify);
        return command;
    }

    private static ExitCode With(ConfigArguments arguments, ParseResult parsed, string? directory, string? table, Terminal terminal,
        Func<LaneLogView, bool> look)
    {
        if (directory is null)
        {
            var config = arguments.Load(parsed, terminal);
            if (config.Options is null) return ConfigArguments.Report(config, terminal);
            directory = config.Options.Engine.DataDirectory;
        }
        var logs = LaneLogView.OpenAll(Path.Combine(directory, "wal"), table);
        var good = true;
        foreach (var log in logs) good &= look(log);
        return good ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void PrintEntries(TextWriter output, LaneLogView log, LogPosition from) => log.Read(from,
        (_, line) => output.WriteLine(Encoding.UTF8.GetString(line)));

    private static void PrintSummary(Terminal terminal, LaneLogView log, LogPosition from)
    {
        terminal.Say($"{log.Name}: {log.Log.Recovery.Text}");
        var files = new TextTable("file", "state", "use", ">from", ">to", ">size", ">frames", ">payload", "made");
        foreach (var file in log.Log.Files)
            files.Add(file.Name, Words(file.State.ToString()), Words(file.Use.ToString()), TableFacts.Grouped(file.StartPosition.Bytes), TableFacts.Grouped(file.EndPosition.Bytes), Units.FormatBytes(file.Bytes), TableFacts.Grouped(file.Frames),
                Units.FormatBytes(file.PayloadBytes), file.CreatedUnixMs == 0 ? "" : TableFacts.Time(file.CreatedUnixMs));
        files.Print(terminal, "  ");
        var totals = new SortedDictionary<(string Table, string Type), (long Count, LogPosition Last)>();
        log.Read(from, (table, line) =>
        {
            var entry = new Utf8JsonReader(line);
            var (type, position) = TypeAndPosition(ref entry);
            totals[(table, type)] = (totals.GetValueOrDefault((table, type)).Count + 1, position);
        });
        if (totals.Count == 0) return;
        var entries = new TextTable("table", "entry", ">count", ">last at");
        foreach (var ((table, type), (count, last)) in totals) entries.Add(table, type, TableFacts.Grouped(count),
            TableFacts.Grouped(last.Bytes));
        entries.Print(terminal, "  ");
    }

    private static bool Verify(Terminal terminal, LaneLogView log, bool json)
    {
        long entries = 0, unreadable = 0;
        LogPosition first = default;
        log.Read(default, (table, line) =>
        {
            entries++;
            using var entry = JsonDocument.Parse(line.ToArray());
            if (!entry.RootElement.TryGetProperty("error", out _)) return;
            if (unreadable++ == 0) first = new(entry.RootElement.GetProperty("position").GetInt64());
        });
        var recovery = log.Log.Recovery;
        var good = !recovery.Damaged && unreadable == 0;
        var text = unreadable == 0 ? recovery.Text
            : $"{recovery.Text}; {unreadable} entries do not say what they should, the first at position {first}";
        if (json)
        {
            terminal.Out.WriteLine(JsonOf(writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("lane", log.Lane);
                writer.WriteBoolean("ok", good);
                writer.WriteString("outcome", recovery.Outcome.ToString());
                writer.WriteNumber("entries", entries);
                writer.WriteNumber("unreadable", unreadable);
                writer.WriteNumber("first_position", recovery.FirstPosition.Bytes);
                writer.WriteNumber("end_position", recovery.EndPosition.Bytes);
                writer.WriteString("detail", text);
                writer.WriteEndObject();
            }));
        }
        else terminal.Say($"{(good ? "ok" : "DAMAGED")}  {log.Name}: {text}");
        return good;
    }

    private static (string Type, LogPosition Position) TypeAndPosition(ref Utf8JsonReader entry)
    {
        var type = "";
        LogPosition position = default;
        while (entry.Read())
        {
            if (entry.TokenType != JsonTokenType.PropertyName || entry.CurrentDepth != 1) continue;
            if (entry.ValueTextEquals("type"u8) && entry.Read()) type = entry.GetString()!;
            else if (entry.ValueTextEquals("position"u8) && entry.Read()) return (type, new(entry.GetInt64()));
        }
        return (type, position);
    }

    private static string JsonOf(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Line)) write(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary><c>GivenUp</c> as <c>given up</c>.</summary>
    private static string Words(string name) => string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : " ") + char.ToLowerInvariant(c) : c.ToString()));
}
