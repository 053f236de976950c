using System.CommandLine;
using System.Text;
using K2I.Base;
using K2I.Cli.Replay;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Pipeline;

namespace K2I.Cli.Commands;

/// <summary>
/// <c>k2i replay --dead-letters TABLE</c>: dead letters back into the topics that they came from, as they are or corrected. What was replayed is remembered in the data
/// directory: a second run replays what the first did not.
/// </summary>
internal static class ReplayCommand
{
    public static Command Create(Terminal terminal)
    {
        var table = new Option<string>("--dead-letters") { Description = "The table whose dead letters they are, as its [table.NAME] section names it", HelpName = "TABLE", Required = true };
        var filter = new Option<string?>("--filter") { Description = "Only letters that fit: comparisons, in, is null, like; joined by and", HelpName = "\"error = 'InvalidJson'\"" };
        var export = new Option<string?>("--export") { Description = "Write them as JSON, one a line, and replay nothing; - for standard output", HelpName = "FILE" };
        var import = new Option<string?>("--import") { Description = "Replay the letters of such a file, with the keys, values and headers that it has; - for standard input", HelpName = "FILE" };
        var again = new Option<bool>("--again") { Description = "Also those that were replayed before" };
        var doubtful = new Option<bool>("--in-doubt") { Description = "Also those whose replay broke off, so that they may have arrived" };
        var dry = new Option<bool>("--dry-run") { Description = "Count, and produce nothing" };
        var json = new Option<bool>("--json") { Description = "Print the outcome as JSON" };
        var command = new Command("replay", $"Produce dead letters to their topics again, with the header {K2IKeys.ReplayOf} = topic/partition/offset") { table, filter, export, import, again, doubtful, dry, json };
        var config = new ConfigArguments();
        config.AddTo(command);
        command.SetAction(arguments =>
        {
            var loaded = config.Load(arguments, terminal);
            if (loaded.Options is not { } options) return (int)ConfigArguments.Report(loaded, terminal);
            var wanted = new Wanted(arguments.GetValue(filter), arguments.GetValue(import), arguments.GetValue(again), arguments.GetValue(doubtful), arguments.GetValue(dry), arguments.GetValue(json));
            var (name, letters, store) = Open(options.Engine, arguments.GetValue(table)!);
            return (int)(arguments.GetValue(export) is { } file ? Export(LetterScan.Read(letters, store, wanted.Filter), file, terminal) : Run(options.Engine, name, letters, store, wanted, terminal));
        });
        return command;
    }

    private sealed record Wanted(string? Filter, string? Import, bool Again, bool InDoubt, bool DryRun, bool Json);

    private static (string Name, Table Letters, Storage.IObjectStore Store) Open(EngineOptions options, string name)
    {
        var table = ConfiguredTable.Find(options, name);
        var catalogs = Catalogs.Open(options.Iceberg);
        var ident = DeadLetterTable.IdentFor(catalogs.IdentOf(table.Name));
        var letters = catalogs.Catalog.TryLoad(ident) ?? throw new EngineException(ErrorKind.NotFound, table.DeadLetterPolicy == DeadLetterPolicy.Topic
            ? $"there is no table {ident}: with dead_letter = topic they are in the topic {table.DeadLetterTopic ?? table.Name + ".dead-letters"}"
            : $"there is no table {ident}: no record of {table.Name} became a dead letter so far");
        return (table.Name, letters, catalogs.Store);
    }

    private static ExitCode Export(IEnumerable<Letter> letters, string file, Terminal terminal)
    {
        var count = 0L;
        if (file == "-")
        {
            foreach (var letter in letters) terminal.Out.WriteLine(LetterJson.LineOf(letter));
            return ExitCode.Ok;
        }
        try
        {
            using var output = new StreamWriter(file, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            foreach (var letter in letters)
            {
                output.WriteLine(LetterJson.LineOf(letter));
                count++;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorKind.Invalid, $"--export: {error.Message}", error);
        }
        terminal.Out.WriteLine($"{count} letters written to {file}");
        return ExitCode.Ok;
    }

    private static ExitCode Run(EngineOptions options, string name, Table table, Storage.IObjectStore store, Wanted wanted, Terminal terminal)
    {
        var corrected = wanted.Import is { } file ? Import(file, terminal) : null;
        if (corrected is not null) RequireAll(corrected, table, store, wanted);
        using var ledger = ReplayLedger.Open(options.DataDirectory, name);
        using var replayer = new Replayer(ledger, () => new KafkaProducer(new ProducerOptions
        {
            Client = new ClientOptions { Brokers = options.Kafka.Brokers, ClientId = options.Kafka.ClientId, Properties = [.. options.Kafka.Properties.Where(p => p.Key is not ("acks" or "request.required.acks"))] },
        }, NullLog.Instance));
        long letters = 0, before = 0, inDoubt = 0, wouldReplay = 0;
        var seen = new HashSet<LetterKey>();
        foreach (var stored in LetterScan.Read(table, store, wanted.Filter))
        {
            var letter = stored;
            if (corrected is not null && !TryCorrect(ref letter, corrected)) continue;
            if (!seen.Add(letter.Key)) continue;
            letters++;
            if (ledger.IsDone(letter.Key) && !wanted.Again) before++;
            else if (ledger.IsInDoubt(letter.Key) && !wanted.InDoubt && !wanted.Again) inDoubt++;
            else if (wanted.DryRun) wouldReplay++;
            else replayer.Add(letter);
        }
        replayer.Finish();
        Tell(name, wanted, letters, wanted.DryRun ? wouldReplay : replayer.Replayed, before, inDoubt, replayer.Failed, terminal);
        if (replayer.Failed == 0) return ExitCode.Ok;
        terminal.Error.WriteLine($"k2i: {replayer.Failed} could not be produced: {replayer.Problem}");
        return ExitCode.Failed;
    }

    /// <summary>Before anything is produced: only what is a dead letter of the table may be replayed, whatever the file says.</summary>
    private static void RequireAll(Dictionary<LetterKey, Letter> corrected, Table table, Storage.IObjectStore store, Wanted wanted)
    {
        var missing = new Dictionary<LetterKey, Letter>(corrected);
        foreach (var stored in LetterScan.Read(table, store, wanted.Filter))
        {
            var letter = stored;
            _ = TryCorrect(ref letter, missing);
        }
        if (missing.Count > 0)
            throw new EngineException(ErrorKind.Invalid, $"--import: {missing.Count} of the letters are not in {table.Ident}{(wanted.Filter is null ? "" : ", or do not fit the filter")}; the first is {missing.Keys.First()}. Nothing was replayed");
    }

    /// <summary>The letter with what the file says of it; false if the file does not have it. Each is taken once.</summary>
    private static bool TryCorrect(ref Letter letter, Dictionary<LetterKey, Letter> corrected)
    {
        var key = letter.Key;
        if (!corrected.Remove(key, out var found) && !corrected.Remove(key with { TopicId = "" }, out found)) return false;
        letter = letter with { RecordKey = found.RecordKey, Value = found.Value, Headers = found.Headers };
        return true;
    }

    private static Dictionary<LetterKey, Letter> Import(string file, Terminal terminal)
    {
        try
        {
            using var input = file == "-" ? new StreamReader(terminal.In, Encoding.UTF8) : new StreamReader(file, Encoding.UTF8);
            var letters = new Dictionary<LetterKey, Letter>();
            for (var number = 1; input.ReadLine() is { } line; number++)
            {
                if (string.IsNullOrWhiteSpace(line)) continue;
                var letter = LetterJson.Parse(line, number);
                if (!letters.TryAdd(letter.Key, letter)) throw new EngineException(ErrorKind.Invalid, $"line {number}: {letter.Key} stands in the file twice");
            }
            return letters;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorKind.Invalid, $"--import: {error.Message}", error);
        }
    }

    private static void Tell(string table, Wanted wanted, long letters, long replayed, long before, long inDoubt, long failed, Terminal terminal)
    {
        if (wanted.Json)
        {
            JsonOut.Print(terminal.Out, json =>
            {
                json.WriteStartObject();
                json.WriteString("table", table);
                json.WriteBoolean("dry_run", wanted.DryRun);
                json.WriteNumber("letters", letters);
                json.WriteNumber("replayed", replayed);
                json.WriteNumber("replayed_before", before);
                json.WriteNumber("in_doubt", inDoubt);
                json.WriteNumber("failed", failed);
                json.WriteEndObject();
            });
            return;
        }
        terminal.Out.WriteLine($"{letters} dead letters of {table}: {replayed} {(wanted.DryRun ? "would be replayed" : "replayed")}{(before > 0 ? $", {before} were before" : "")}{(failed > 0 ? $", {failed} failed" : "")}");
        if (inDoubt > 0) terminal.Error.WriteLine($"k2i: {inDoubt} may have arrived when an earlier replay broke off; --in-doubt produces them once more");
    }
}
