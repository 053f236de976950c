using System.Globalization;
using System.Text;
using System.Text.Json;
using Confluent.Kafka;

namespace K2I.Crash.Tests;

/// <summary>Every record of the topics against what engines that are not ours read from the tables.</summary>
internal sealed class Audit(World world, IBroker broker, IReadOnlyList<Load.Sent> sent)
{
    private const int MostTold = 12;

    private readonly List<string> problems = [];
    private Dictionary<(int Partition, long Offset), int> expected = [];
    private string topic = "";

    public long Rows { get; private set; }

    public long Letters { get; private set; }

    public long Lost { get; private set; }

    public long Doubled { get; private set; }

    /// <summary>Throws the first that is wrong.</summary>
    public void Run()
    {
        foreach (var table in world.Audited) Records(table);
        LetterTopic();
        if (problems.Count > 0)
        {
            var more = problems.Count > MostTold ? $"; and {problems.Count - MostTold} more" : "";
            throw new Violation($"lost {Lost}, doubled {Doubled}; {string.Join("; ", problems.Take(MostTold))}{more}");
        }
        CheckTables();
        CheckLog();
    }

    private void Records(AuditedTable table)
    {
        Expect(table.Topic);
        var seen = new HashSet<(int, long)>();
        foreach (var row in Read(table.Name))
        {
            var at = PlaceOf(row.GetProperty("_kafka"));
            if (!Take(seen, at, $"a row of {table.Name}", out var id)) continue;
            Rows++;
            if (!table.IsRow(id)) problems.Add($"{Name(at)} must be a dead letter of {table.Name} and is a row");
            else if (table.Difference(row, id) is { } difference) problems.Add($"{Name(at)} in {table.Name}: {difference}");
        }
        foreach (var letter in HasLetters(table) ? Read(table.LettersName) : [])
        {
            var at = PlaceOf(letter);
            if (!Take(seen, at, $"a dead letter of {table.Name}", out var id)) continue;
            Letters++;
            if (WrongLetter(table, letter, id) is { } wrong) problems.Add($"{Name(at)}: the dead letter of {table.Name} {wrong}");
        }
        Missing(
            seen, id => table.LettersInTable || table.IsRow(id),
            table.LettersInTable ? $"{table.Name} and its dead letters" : table.Name);
    }

    /// <summary>The topic kind of dead letters is at least once.</summary>
    private void LetterTopic()
    {
        Expect(world.Topic);
        var seen = new HashSet<(int, long)>();
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = broker.Addresses,
                GroupId = "audit",
                EnablePartitionEof = true,
                EnableAutoCommit = false,
            })
            .SetLogHandler((_, _) => { }).Build();
        consumer.Assign(new TopicPartitionOffset(world.LetterTopic, 0, Offset.Beginning));
        while (consumer.Consume(TimeSpan.FromSeconds(30)) is { IsPartitionEOF: false } letter)
        {
            long Header(string name) =>
                long.Parse(Encoding.UTF8.GetString(letter.Message.Headers.GetLastBytes(name)), CultureInfo.InvariantCulture);
            seen.Add(((int)Header("k2i.partition"), Header("k2i.offset")));
        }
        Missing(seen, Load.IsTombstone, "the topic of dead letters");
    }

    private bool HasLetters(AuditedTable table) => table.LettersInTable && sent.Any(s => s.Topic == table.Topic && !table.IsRow(s.Id));

    private void Expect(string name) =>
        (topic, expected) = (name, sent.Where(s => s.Topic == name).ToDictionary(s => (s.Partition, s.Offset), s => s.Id));

    private bool Take(HashSet<(int, long)> seen, (int, long) at, string what, out int id)
    {
        if (!expected.TryGetValue(at, out id))
        {
            Doubled++;
            problems.Add($"{Name(at)} is {what} and not in Kafka");
            return false;
        }
        if (seen.Add(at)) return true;
        Doubled++;
        problems.Add($"{Name(at)} (record {id}) is there twice, once as {what}");
        return false;
    }

    private void Missing(HashSet<(int, long)> seen, Func<int, bool> wanted, string where)
    {
        foreach (var (at, id) in expected.Where(e => wanted(e.Value) && !seen.Contains(e.Key)).OrderBy(e => e.Key))
        {
            Lost++;
            problems.Add($"{Name(at)} (record {id}) is not in {where}");
        }
    }

    /// <summary>The rows as PyIceberg sees them.</summary>
    private IEnumerable<JsonElement> Read(string table)
    {
        var output = Tool.Output(Places.PythonJudge, ["read", .. world.ForPython(table)]);
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries)) yield return JsonDocument.Parse(line).RootElement;
    }

    /// <summary>
    /// By Iceberg Java, in one go: every invariant that it knows, over all snapshots; no offset twice, none beyond what Kafka has. Dead
    /// letters leave gaps.
    /// </summary>
    private void CheckTables()
    {
        var commands = new List<string[]>();
        foreach (var table in world.Audited)
        {
            if (world.ForJava(table.Name) is not { } target) continue;
            var ranges = sent.Where(s => s.Topic == table.Topic).GroupBy(s => s.Partition)
                .SelectMany(p => new[] { "--expect", $"{table.Topic}:{p.Key}:0:{p.Max(s => s.Offset) + 1}" });
            commands.Add(["check", .. target]);
            if (HasLetters(table)) commands.Add(["check", .. world.ForJava(table.LettersName)!]);
            commands.Add(["ids", .. target, "--allow-gaps", .. ranges]);
        }
        var lines = string.Concat(commands.Select(c => JsonSerializer.Serialize(c) + "\n"));
        // By the second word it has Hive's client too.
        var (code, output, errors) = Tool.Run(Places.JavaJudge, ["batch", "hive"], lines);
        // What a command says ends with how it ended.
        var told = new List<string>();
        var ended = 0;
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            told.Add(line);
            if (!Begins(line, "{\"exit\":")) continue;
            if (line != "{\"exit\":0}" || told.Exists(l => Begins(l, "ERROR") || Begins(l, "WARN")))
                throw new Violation($"judge {string.Join(' ', commands[ended])}: {string.Join("; ", told.Take(MostTold))} {errors}");
            told.Clear();
            ended++;
        }
        if (code != 0 || ended != commands.Count)
            throw new Violation($"judge ends with {code} after {ended} of {commands.Count} commands: {errors}");
        static bool Begins(string line, string word) => line.StartsWith(word, StringComparison.Ordinal);
    }

    /// <summary>What is left of the logs reads well, and every line of it is JSON.</summary>
    private void CheckLog()
    {
        var (code, output, errors) = Tool.Run(Places.Binary, ["wal", "verify", "--data-dir", world.DataPath]);
        if (code != 0) throw new Violation($"k2i wal verify ends with {code}: {output} {errors}");
        var entries = Tool.Output(Places.Binary, ["wal", "inspect", "--json", "--data-dir", world.DataPath]);
        foreach (var line in entries.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var entry = JsonDocument.Parse(line);
            if (entry.RootElement.TryGetProperty("error", out _)) throw new Violation($"k2i wal inspect: {line}");
        }
    }

    private static string? WrongLetter(AuditedTable table, JsonElement letter, int id)
    {
        if (table.IsRow(id)) return $"must be a row: {letter.GetProperty("detail")}";
        if (Hex(letter.GetProperty("value")) is var value && value != Load.ValueOf(id)) return $"holds {value}";
        return Hex(letter.GetProperty("key")) == $"key-{id}" ? null : "has another key";
    }

    private static (int, long) PlaceOf(JsonElement origin) =>
        (origin.GetProperty("partition").GetInt32(), origin.GetProperty("offset").GetInt64());

    private static string? Hex(JsonElement bytes) =>
        bytes.ValueKind == JsonValueKind.Null ? null : Encoding.UTF8.GetString(Convert.FromHexString(bytes.GetString()!));

    private string Name((int Partition, long Offset) at) => $"{topic}[{at.Partition}]@{at.Offset}";
}
