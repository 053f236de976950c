using System.Text.Json;
using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Simulation.Tests;

/// <summary>Reads the tables by itself and compares them with every record there ever was.</summary>
internal sealed class Auditor(World world, TableIdent ident)
{
    private readonly Dictionary<SimRecord, int> rows = [];
    private readonly Dictionary<SimRecord, int> letters = [];
    private readonly List<string> wrong = [];

    /// <summary>How many records are in, by the table's own offsets; null when all are.</summary>
    internal string? Lacking()
    {
        if (world.Load(ident) is not { } table) return world.Broker.Everything.All(r => r.Gone) ? null : $"there is no table {ident}";
        var offsets = OffsetMap.Of(table);
        foreach (var topic in world.Broker.Topics)
        {
            for (var p = 0; p < topic.Partitions.Length; p++)
            {
                var last = topic.Partitions[p].Records.LastOrDefault(r => !r.Gone);
                if (last is null) continue;
                if (offsets.TopicId(topic.Name) != topic.Id) return $"{topic.Name} is known by the id {offsets.TopicId(topic.Name)}, it is {topic.Id}";
                if (!(offsets.Next(topic.Name, p) > new Offset(last.Offset))) return $"{topic.Name}[{p}] is at {offsets.Next(topic.Name, p)}, its last record at {last.Offset}";
            }
        }
        return world.Routed.Select(LackingOf).FirstOrDefault(l => l is not null);
    }

    /// <summary>What a value's table is not past, of its own records.</summary>
    private string? LackingOf(TableIdent routed)
    {
        var offsets = world.Load(routed) is { } table ? OffsetMap.Of(table) : OffsetMap.Empty;
        foreach (var record in world.Broker.Everything)
        {
            if (record.Gone || world.RouteOf(record) != routed || world.Broker.Topics.All(t => t.Id != record.Topic.Id)) continue;
            var next = offsets.Next(record.Topic.Name, record.Partition);
            // Dropped, and made anew where the home is: what comes after that tells of its offsets, if anything does.
            if (next is null && record.MayBeMissing) continue;
            if (!(next > new Offset(record.Offset)) || offsets.TopicId(record.Topic.Name) != record.Topic.Id)
                return $"{routed} is at {next} of {record}";
        }
        return null;
    }

    /// <summary>Throws what is missing, there twice, or not what it was.</summary>
    internal string Check()
    {
        Count(ident, rows, row => world.RecordOf(row) is { } record && world.RouteOf(record) is null ? record : null);
        foreach (var routed in world.Routed)
            Count(routed, rows, row => world.RecordOf(row) is { } record && world.RouteOf(record) == routed ? record : null);
        if (world.Options.DeadLetters is DeadLetterPolicy.Table or DeadLetterPolicy.Pause)
            foreach (var table in world.Routed.Add(ident)) Count(DeadLetterTable.IdentFor(table), letters, FindLetter);
        if (world.Options.DeadLetters == DeadLetterPolicy.Topic) CountProduced();
        foreach (var record in world.Broker.Everything) CheckOne(record);
        if (wrong.Count > 0) throw new SimFailure($"{ident}: {wrong.Count} records are wrong: {string.Join("; ", wrong.Take(5))}");
        return $"{rows.Values.Sum()} rows, {letters.Values.Sum()} dead letters, of {world.Broker.Everything.Count} records ({world.Broker.Everything.Count(r => r.MayBeMissing)} may be missing)";
    }

    private void CheckOne(SimRecord record)
    {
        var asRow = rows.GetValueOrDefault(record);
        var asLetter = letters.GetValueOrDefault(record);
        var wantsRow = record.Kind == RecordKind.Row || record.Kind == RecordKind.Tombstone && world.Options.Tombstone == TombstonePolicy.NullRow;
        var wantsLetter = !wantsRow && world.Options.DeadLetters != DeadLetterPolicy.Drop
            && !(record.Kind == RecordKind.Tombstone && world.Options.Tombstone == TombstonePolicy.Skip);
        if (Bad(asRow, wantsRow, record)) wrong.Add($"{record} is a row {asRow} times");
        // To a topic they go at least once.
        if (world.Options.DeadLetters == DeadLetterPolicy.Topic && wantsLetter) asLetter = Math.Min(1, asLetter);
        if ((world.Options.DeadLetters != DeadLetterPolicy.Topic || wantsLetter) && Bad(asLetter, wantsLetter, record)) wrong.Add($"{record} is a dead letter {asLetter} times");
    }

    private static bool Bad(int times, bool wanted, SimRecord record) => wanted ? times > 1 || (times == 0 && !record.MayBeMissing) : times > 0;

    private void Count(TableIdent of, Dictionary<SimRecord, int> into, Func<JsonElement, SimRecord?> find)
    {
        if (world.Load(of) is not { } table) return;
        var scan = new TableScan(table, world.Objects);
        var ours = scan.Plan().Where(t => !t.Data.File.FilePath.Contains(OtherEngine.Folder, StringComparison.Ordinal));
        using var reader = scan.Read([.. ours]);
        var text = new RowJson();
        while (reader.TryRead(out var batch))
        {
            for (var i = 0; i < batch.Rows; i++)
            {
                text.Clear();
                text.AppendLine(batch.Batch, batch.Ordinal(i));
                using var row = JsonDocument.Parse(text.Written.ToArray());
                if (find(row.RootElement) is not { } record) wrong.Add($"{of} has a row that nobody produced: {row.RootElement}");
                else into[record] = into.GetValueOrDefault(record) + 1;
            }
        }
    }

    /// <summary>Those that were produced, of all tables together; a record of any life of its topic.</summary>
    private void CountProduced()
    {
        var places = world.Broker.Letters.ToHashSet();
        foreach (var record in world.Broker.Everything)
            if (record.Kind != RecordKind.Row && places.Contains((record.Topic.Name, record.Partition, record.Offset))) letters[record] = 1;
    }

    private SimRecord? FindLetter(JsonElement row)
    {
        var topic = row.GetProperty("topic").GetString();
        var id = row.GetProperty("topic_id").GetString();
        var (partition, offset) = (row.GetProperty("partition").GetInt32(), row.GetProperty("offset").GetInt64());
        var value = row.GetProperty("value").GetString();
        return world.Broker.Everything.FirstOrDefault(r => r.Topic.Name == topic && r.Topic.Id == id && r.Partition == partition && r.Offset == offset && (r.Value is null ? null : Convert.ToHexStringLower(r.Value)) == value);
    }
}
