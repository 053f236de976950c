using System.Collections.Immutable;
using K2I.Decode;

namespace K2I.Simulation.Tests;

/// <summary>A registry of the records' schemas, and who writes by which: newer ones come up over time, and older ones do not go.</summary>
public sealed class SimRegistry
{
    private readonly ImmutableArray<SimWriter> writers;
    private readonly Scheduler scheduler;
    private readonly Dice dice;
    private readonly int activeMs;

    internal SimRegistry(Scheduler scheduler, Dice dice, int versions, int activeMs)
    {
        (this.scheduler, this.dice, this.activeMs) = (scheduler, dice, activeMs);
        writers = [.. Enumerable.Range(1, versions).Select(v => new SimWriter(v, versions, dice))];
    }

    /// <summary>Nobody reaches it.</summary>
    internal bool Away { get; set; }

    /// <summary>Columns that another engine dropped, by number.</summary>
    internal HashSet<int> Dropped { get; } = [];

    /// <summary>Of the next record: mostly one of the two newest, else any.</summary>
    internal SimWriter Next()
    {
        var newest = (int)Math.Min(writers.Length - 1, scheduler.NowMs * writers.Length / activeMs);
        return writers[dice.Chance(0.8) ? Math.Max(0, newest - dice.Below(2)) : dice.Below(newest + 1)];
    }

    /// <summary>What a process sees of it: schemas take a while, and those that its host knows are there at once.</summary>
    internal ISchemaSource Seen(HashSet<SchemaId> known, Dice by) => new View(this, known, by);

    private sealed class View(SimRegistry registry, HashSet<SchemaId> known, Dice by) : ISchemaSource
    {
        private readonly Dictionary<SchemaId, long> comesMs = [];

        public string? Trouble => registry.Away ? "away" : null;

        public SchemaState Find(SchemaId id, out WriterSchema? schema)
        {
            var number = (int)id.Value;
            schema = null;
            if (number < 1 || number > registry.writers.Length) return SchemaState.Missing;
            if (!known.Contains(id))
            {
                if (!comesMs.TryGetValue(id, out var comes)) comesMs[id] = comes = registry.scheduler.NowMs + by.Pick(0, 10, 500, 5_000);
                if (registry.Away || registry.scheduler.NowMs < comes) return SchemaState.Pending;
                known.Add(id);
            }
            schema = registry.writers[number - 1].Schema;
            return SchemaState.Known;
        }
    }
}
