using System.Globalization;
using K2I.Pipeline;

namespace K2I.Simulation.Tests;

/// <summary>What one run is made of. Drawn from the seed: each seed switches other faults on, and some run deep rather than wide.</summary>
public sealed record SimOptions
{
    public required long Seed { get; init; }

    public int Hosts { get; init; } = 1;

    public int Topics { get; init; } = 1;

    public int Partitions { get; init; } = 2;

    /// <summary>Each gets every record.</summary>
    public int Tables { get; init; } = 1;

    /// <summary>Virtual time with faults; production goes on until three quarters of it.</summary>
    public int ActiveMs { get; init; } = 60_000;

    public int Records { get; init; } = 400;

    /// <summary>Longest text in a record.</summary>
    public int TextBytes { get; init; } = 60;

    public double Poison { get; init; }

    public double Tombstones { get; init; }

    /// <summary>Of a record: offsets before it hold nothing.</summary>
    public double Gaps { get; init; }

    /// <summary>How often offsets without a record follow one, at the end of its partition: a transaction's marker, or records that were aborted.</summary>
    public double TailGaps { get; init; }

    /// <summary>Of a record: it brings a column that no other had.</summary>
    public double NewFields { get; init; }

    /// <summary>Versions of the schema that records are written with, in Avro; 0 for JSON.</summary>
    public int Writers { get; init; }

    /// <summary>Values of the field by which records go to tables; 0: each table gets every record.</summary>
    public int Routes { get; init; }

    public bool Infer { get; init; }

    public bool FileCatalog { get; init; }

    public WalMode WalMode { get; init; } = WalMode.Records;

    public int WalFileBytes { get; init; } = 256 << 10;

    public int MemoryBytes { get; init; } = 8 << 20;

    public FlushOptions Flush { get; init; } = new() { AgeMs = 2_000, Rows = 100, Bytes = 64 << 10 };

    public DeadLetterPolicy DeadLetters { get; init; } = DeadLetterPolicy.Table;

    public TombstonePolicy Tombstone { get; init; } = TombstonePolicy.DeadLetter;

    public string? PartitionBy { get; init; }

    public int FormatVersion { get; init; } = 2;

    public double Stickiness { get; init; } = 0.5;

    /// <summary>Of each process.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>Each process has another number of lanes, up to <see cref="Lanes"/>.</summary>
    public bool LanesChange { get; init; }

    /// <summary>Tables are read all the while from the engines that feed them.</summary>
    public bool Readers { get; init; }

    /// <summary>The engines that feed the tables look after them, all the time.</summary>
    public bool Maintained { get; init; }

    /// <summary>Names of the faults that are on; see <see cref="Chaos"/>.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>How strong they are: 1 is a bad day.</summary>
    public double Strength { get; init; } = 1;

    /// <summary>Mean time between events of <see cref="Chaos"/>.</summary>
    public int EventMs { get; init; } = 4_000;

    public static SimOptions FromSeed(long seed)
    {
        var dice = Dice.For(seed, "options");
        var all = Chaos.Names;
        var share = dice.Pick(0.0, 0.15, 0.3, 0.5, 0.8);
        var faults = all.Where(_ => dice.Chance(share)).ToList();
        if (faults.Count == 0 && share > 0) faults.Add(all[dice.Below(all.Count)]);
        var infer = dice.Chance(0.1);
        var deadLetters = dice.Pick(DeadLetterPolicy.Table, DeadLetterPolicy.Table, DeadLetterPolicy.Drop, DeadLetterPolicy.Pause);
        SimOptions options = new()
        {
            Seed = seed,
            Hosts = dice.Pick(1, 1, 2, 2, 3),
            Topics = dice.Pick(1, 1, 2),
            Partitions = dice.Pick(1, 2, 3, 5),
            ActiveMs = dice.Pick(20_000, 60_000, 120_000),
            // A person has to look at each bad record.
            Records = deadLetters == DeadLetterPolicy.Pause ? 60 : dice.Pick(60, 300, 1_000, 2_500),
            // Columns that are inferred from bad records do not take good ones.
            Poison = infer ? 0 : dice.Pick(0, 0, 0.02, 0.2),
            Tombstones = dice.Pick(0, 0, 0.02),
            Gaps = dice.Pick(0, 0, 0.02, 0.3),
            NewFields = dice.Pick(0, 0, 0, 0.005),
            Infer = infer,
            FileCatalog = dice.Chance(0.35),
            WalMode = dice.Chance(0.8) ? WalMode.Records : WalMode.Offsets,
            WalFileBytes = dice.Pick(256 << 10, 512 << 10, 1 << 20),
            MemoryBytes = dice.Pick(8 << 20, 16 << 20),
            Flush = new() { AgeMs = dice.Pick(300, 1_000, 3_000, 10_000), Rows = dice.Pick(20, 100, 500), Bytes = dice.Pick(4 << 10, 16 << 10, 128 << 10) },
            DeadLetters = deadLetters,
            Tombstone = dice.Pick(TombstonePolicy.DeadLetter, TombstonePolicy.NullRow, TombstonePolicy.Skip),
            PartitionBy = dice.Chance(0.2) ? "bucket(3, id)" : null,
            FormatVersion = dice.Pick(2, 2, 3),
            Stickiness = dice.Pick(0, 0.5, 0.9, 0.99),
            Faults = faults,
            Strength = dice.Pick(0.3, 1, 3),
            EventMs = dice.Pick(1_000, 4_000, 12_000),
        };
        // What came later is drawn later, so that a seed stays what it was.
        if (dice.Chance(0.1)) options = options with { Tables = 2, MemoryBytes = 16 << 20 };
        if (dice.Chance(0.1)) options = options with { DeadLetters = DeadLetterPolicy.Topic };
        if (dice.Chance(0.15)) options = options with { EventMs = 300, Faults = [.. options.Faults.Union(["killcall"])] };
        // Enough for log files to fill up and be used again, and for the ring to be full while nothing can be committed.
        if (dice.Chance(0.2)) options = options with { TextBytes = dice.Pick(1_000, 8_000), Flush = options.Flush with { Bytes = options.Flush.Bytes * 16 } };
        if (dice.Chance(0.3)) options = options with { TailGaps = dice.Pick(0.05, 0.5) };
        if (dice.Chance(0.5)) options = options with { Lanes = dice.Pick(2, 2, 3), MemoryBytes = options.MemoryBytes * 2 };
        if (options.Lanes > 1 && dice.Chance(0.4)) options = options with { LanesChange = true };
        if (dice.Chance(0.15)) options = options with { Tables = dice.Pick(3, 6) };
        if (dice.Chance(0.5)) options = options with { Readers = true };
        if (dice.Chance(0.5)) options = options with { Maintained = true };
        return options;
    }

    /// <summary>The same, of records of Avro whose schema changes all the while, and perhaps the table's by someone else.</summary>
    public static SimOptions WithSchemas(long seed)
    {
        var options = FromSeed(seed);
        var dice = Dice.For(seed, "schemas");
        return options with
        {
            Writers = dice.Pick(2, 4, 9),
            Infer = false,
            NewFields = 0,
            // A row of nulls needs columns that hold them.
            Tombstone = options.Tombstone == TombstonePolicy.NullRow ? TombstonePolicy.Skip : options.Tombstone,
            Faults = [.. options.Faults, .. Chaos.NamesOfSchemas.Where(_ => dice.Chance(0.6))],
        };
    }

    /// <summary>The same, of records that go to a table each by the value of a field.</summary>
    public static SimOptions WithRoutes(long seed)
    {
        var options = FromSeed(seed);
        return options with
        {
            Routes = Dice.For(seed, "routes").Pick(2, 4, 8),
            Tables = 1,
            NewFields = 0,
            Readers = false,
            MemoryBytes = Math.Max(options.MemoryBytes, 16 << 20),
            // Tables need columns before there are rows in them, and records without a value are no one's.
            Infer = false,
            Tombstone = options.Tombstone == TombstonePolicy.NullRow ? TombstonePolicy.Skip : options.Tombstone,
        };
    }

    public bool Has(string fault) => Faults.Contains(fault);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"seed {Seed}: hosts {Hosts} with {(LanesChange ? "1 to " : "")}{Lanes} lanes, tables {Tables}, topics {Topics} x {Partitions}, {(Readers ? "readers, " : "")}{(Maintained ? "maintained, " : "")}records {Records} of {TextBytes} B over {ActiveMs} ms, poison {Poison}, tombstones {Tombstones} ({Tombstone}), gaps {Gaps} and {TailGaps} behind, new fields {NewFields}{(Infer ? ", inferred" : "")}, writers {Writers}, routes {Routes}, " +
        $"catalog {(FileCatalog ? "file" : "server")}, wal {WalMode} {WalFileBytes >> 10} KiB, flush {Flush.AgeMs} ms {Flush.Rows} rows {Flush.Bytes} B, dead letters {DeadLetters}, partition by {PartitionBy ?? "-"}, v{FormatVersion}, " +
        $"stickiness {Stickiness}, strength {Strength}, events each {EventMs} ms, faults [{string.Join(' ', Faults)}]");
}
