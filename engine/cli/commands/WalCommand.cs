using System.Buffers;
using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Config;
using K2I.Memory;
using K2I.Pipeline;
using K2I.Wal;

namespace K2I.Cli.Commands;

/// <summary><c>k2i wal inspect</c> and <c>k2i wal verify</c>: what the write-ahead logs below the data directory hold, also while k2i runs. Changes nothing.</summary>
internal static class WalCommand
{
    private static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(Terminal terminal)
    {
        var table = new Option<string?>("--table") { Description = "Only this table's log", HelpName = "NAME", Recursive = true };
        var directory = new Option<string?>("--data-dir") { Description = "Look below this data directory, without a configuration", HelpName = "DIR", Recursive = true };
        var json = new Option<bool>("--json") { Description = "Print JSON, one object a line", Recursive = true };
        var config = new ConfigArguments { Recursive = true };
        var command = new Command("wal", "Look into the write-ahead logs") { table, directory, json };
        config.AddTo(command);

        var from = new Option<long>("--from") { Description = "Only entries from this position on", HelpName = "POSITION" };
        var inspect = new Command("inspect", "What the logs hold: files and totals; with --json every entry") { from };
        inspect.SetAction(arguments => (int)With(config, arguments, arguments.GetValue(directory), arguments.GetValue(table), terminal, (name, log) =>
        {
            if (arguments.GetValue(json)) PrintEntries(terminal.Out, name, log, new(arguments.GetValue(from)));
            else PrintSummary(terminal, name, log, new(arguments.GetValue(from)));
            return true;
        }));
        var verify = new Command("verify", "Check every frame; exit code 1 if a log is damaged");
        verify.SetAction(arguments => (int)With(config, arguments, arguments.GetValue(directory), arguments.GetValue(table), terminal, (name, log) => Verify(terminal, name, log, arguments.GetValue(json))));
        command.Subcommands.Add(inspect);
        command.Subcommands.Add(verify);
        return command;
    }

    private static ExitCode With(ConfigArguments arguments, ParseResult parsed, string? directory, string? table, Terminal terminal, Func<string, WalReader, bool> look)
    {
        if (directory is null)
        {
            var config = arguments.Load(parsed, terminal);
            if (config.Options is null) return ConfigArguments.Report(config, terminal);
            directory = config.Options.Engine.DataDirectory;
        }
        var root = Path.Combine(directory, "wal");
        var tables = Directory.Exists(root) ? [.. Directory.GetDirectories(root).Select(Path.GetFileName).OfType<string>().Where(n => Names.IsDotted(n)).Order(StringComparer.Ordinal)] : new List<string>();
        if (table is not null && !tables.Contains(table))
            throw new EngineException(ErrorKind.NotFound, $"there is no log of a table '{string.Concat(table.Take(60).Where(c => !char.IsControl(c)))}' below {root}{(Nearest.Hint(table, tables) is { } hint ? "; " + hint : "")}");
        if (tables.Count == 0) throw new EngineException(ErrorKind.NotFound, $"there is no log below {root}");
        var good = true;
        foreach (var name in tables)
            if (table is null || name == table) good &= look(name, WalReader.Open(LocalFileSystem.Instance, Path.Combine(root, name)));
        return good ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void PrintEntries(TextWriter output, string table, WalReader log, LogPosition from) => log.Read(from, new EntryPrinter(table, line =>
    {
        output.WriteLine(Encoding.UTF8.GetString(line));
        return true;
    }));

    private static void PrintSummary(Terminal terminal, string table, WalReader log, LogPosition from)
    {
        terminal.Say($"{table}: {log.Recovery.Text}");
        var files = new TextTable("file", "state", "use", ">from", ">to", ">size", ">frames", ">payload", "made");
        foreach (var file in log.Files)
            files.Add(file.Name, Words(file.State.ToString()), Words(file.Use.ToString()), TableFacts.Grouped(file.StartPosition.Bytes), TableFacts.Grouped(file.EndPosition.Bytes), Units.FormatBytes(file.Bytes), TableFacts.Grouped(file.Frames),
                Units.FormatBytes(file.PayloadBytes), file.CreatedUnixMs == 0 ? "" : TableFacts.Time(file.CreatedUnixMs));
        files.Print(terminal, "  ");
        var totals = new SortedDictionary<string, (long Count, LogPosition Last)>(StringComparer.Ordinal);
        log.Read(from, new EntryPrinter(table, line =>
        {
            var entry = new Utf8JsonReader(line);
            var (type, position) = TypeAndPosition(ref entry);
            totals[type] = (totals.GetValueOrDefault(type).Count + 1, position);
            return true;
        }));
        if (totals.Count == 0) return;
        var entries = new TextTable("entry", ">count", ">last at");
        foreach (var (type, (count, last)) in totals) entries.Add(type, TableFacts.Grouped(count), TableFacts.Grouped(last.Bytes));
        entries.Print(terminal, "  ");
    }

    private static bool Verify(Terminal terminal, string table, WalReader log, bool json)
    {
        long entries = 0, unreadable = 0;
        LogPosition first = default;
        log.Read(default, new EntryPrinter(table, line =>
        {
            entries++;
            using var entry = JsonDocument.Parse(line.ToArray());
            if (!entry.RootElement.TryGetProperty("error", out _)) return true;
            if (unreadable++ == 0) first = new(entry.RootElement.GetProperty("position").GetInt64());
            return true;
        }));
        var good = !log.Recovery.Damaged && unreadable == 0;
        var text = unreadable == 0 ? log.Recovery.Text : $"{log.Recovery.Text}; {unreadable} entries do not say what they should, the first at position {first}";
        if (json)
        {
            terminal.Out.WriteLine(JsonOf(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("table", table);
                writer.WriteBoolean("ok", good);
                writer.WriteString("outcome", log.Recovery.Outcome.ToString());
                writer.WriteNumber("entries", entries);
                writer.WriteNumber("unreadable", unreadable);
                writer.WriteNumber("first_position", log.Recovery.FirstPosition.Bytes);
                writer.WriteNumber("end_position", log.Recovery.EndPosition.Bytes);
                writer.WriteString("detail", text);
                writer.WriteEndObject();
            }));
        }
        else terminal.Say($"{(good ? "ok" : "DAMAGED")}  {table}: {text}");
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

    private delegate bool TakeLine(ReadOnlySpan<byte> json);

    /// <summary>Each entry as a line of JSON.</summary>
    private sealed class EntryPrinter(string table, TakeLine take) : IFrameHandler
    {
        private readonly ArrayBufferWriter<byte> line = new();

        public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
        {
            line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(line, Line)) LogEntryText.Write(json, table, kind, stream, position, payload);
            return take(line.WrittenSpan);
        }
    }
}
