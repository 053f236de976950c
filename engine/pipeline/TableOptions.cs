using System.Collections.Immutable;
using K2I.Decode;
using K2I.Maintenance;

namespace K2I.Pipeline;

/// <summary>One table and the topics it is fed from: a <c>[table.NAME]</c> section, or what a <see cref="TableTemplate"/> makes of a
/// topic.</summary>
public sealed record TableOptions
{
    /// <summary>The most characters of each part of a name.</summary>
    public const int LongestNamePart = 128;

    internal static readonly ImmutableDictionary<string, EpochUnit> NoUnits = ImmutableDictionary<string, EpochUnit>.Empty;
    internal static readonly ImmutableSortedDictionary<string, string> NoProperties = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary><c>table</c> or <c>namespace.table</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Topic names; an entry that starts with <c>^</c> is a regular expression.</summary>
    public required ImmutableArray<string> Topics { get; init; }

    /// <summary>The section of the template that made it; empty for a table of its own section.</summary>
    public string Template { get; init; } = "";

    /// <summary>Records go to tables by a field's value, and this is their home; null for a table that has its rows itself.</summary>
    public TableRouting? Routing { get; init; }

    /// <summary>The name of the table that is its home, which gives it the records of <see cref="HomeValue"/>; empty for none.</summary>
    internal string Home { get; init; } = "";

    internal string HomeValue { get; init; } = "";

    public RecordFormat Format { get; init; } = RecordFormat.Json;

    /// <summary>Where records name the schema that they were written with, in formats that have one.</summary>
    public WireForm Wire { get; init; } = WireForm.Confluent;

    /// <summary>Path of the schema that all records are written with, where no registry has it; null for a registry's.</summary>
    public string? WriterSchemaFile { get; init; }

    /// <summary>For <see cref="RecordFormat.Protobuf"/>: the full name of the message that records are; null where they name it.</summary>
    public string? Message { get; init; }

    /// <summary>What happens where such a schema has a field that does not go into its column.</summary>
    public OnIncompatible OnIncompatible { get; init; }

    /// <summary>For <see cref="RecordFormat.Raw"/>: the type of the <c>value</c> and <c>key</c> columns.</summary>
    public RawForm RawValue { get; init; } = RawForm.Binary;

    public RawForm RawKey { get; init; } = RawForm.Binary;

    /// <summary>What keys are that have a column of their own.</summary>
    public KeyForm KeyForm { get; init; }

    /// <summary>Which columns they have, where keys have fields.</summary>
    public KeyShape KeyColumns { get; init; }

    /// <summary>Path of the schema that all keys are written with, where no registry has it; null for a registry's.</summary>
    public string? KeySchemaFile { get; init; }

    /// <summary>For keys of Protobuf: the full name of the message that they are; null where they name it.</summary>
    public string? KeyMessage { get; init; }

    /// <summary>What a table would be like whose records were the keys; null where they have no fields, or these no columns.</summary>
    internal TableOptions? OfKeys => KeyColumns == KeyShape.None || KeyForm is not (KeyForm.Json or KeyForm.Avro or KeyForm.Protobuf)
        ? null : this with
        {
            Format = KeyForm switch
            {
                KeyForm.Avro => RecordFormat.Avro,
                KeyForm.Protobuf => RecordFormat.Protobuf,
                _ => RecordFormat.Json,
            },
            Wire = KeySchemaFile is not null ? WireForm.Bare : Wire is WireForm.Bare or WireForm.SingleObject ? WireForm.Confluent : Wire,
            WriterSchemaFile = KeySchemaFile,
            Message = KeyMessage,
            KeyForm = KeyForm.None,
            Transforms = new(),
            TimestampUnits = NoUnits,
            UnknownFields = UnknownFields.Evolve,
            KafkaColumn = false,
        };

    /// <summary>Declared columns in the text form <c>name: type, …</c>; null to use <see cref="SchemaFile"/>, the existing table, or inference.</summary>
    public string? Columns { get; init; }

    /// <summary>Path of an Iceberg schema or JSON Schema document.</summary>
    public string? SchemaFile { get; init; }

    /// <summary>Records looked at to infer the columns when nothing declares them.</summary>
    public int InferRecords { get; init; } = 1_000;

    public UnknownFields UnknownFields { get; init; } = UnknownFields.Ignore;

    /// <summary>A field that differs from its column in case alone is another field.</summary>
    public bool CaseSensitive { get; init; } = true;

    /// <summary>What a number means in a time or timestamp column.</summary>
    public EpochUnit TimestampUnit { get; init; } = EpochUnit.Milliseconds;

    /// <summary>The same for single columns, by dotted path.</summary>
    public ImmutableDictionary<string, EpochUnit> TimestampUnits { get; init; } = NoUnits;

    /// <summary>What becomes of records' fields before they are columns.</summary>
    public TransformTexts Transforms { get; init; } = new();

    /// <summary>Partition fields in the text form <c>day(event_time), bucket(16, user_id)</c>; null for an unpartitioned table.</summary>
    public string? PartitionBy { get; init; }

    /// <summary>Columns that rows are found by, by their full names; none: rows are not looked up.</summary>
    public ImmutableArray<string> Key { get; init; } = [];

    public StartPosition Start { get; init; } = StartPosition.Earliest;

    /// <summary>Adds the <c>_kafka</c> struct column: where each row came from.</summary>
    public bool KafkaColumn { get; init; } = true;

    public FlushOptions Flush { get; init; } = new();

    /// <summary>How the table is kept in shape, by whoever does it. A table that is committed to every few seconds makes thousands of
    /// snapshots a day, and each commit writes all of them down: they
    /// are kept for a shorter time than Iceberg would.</summary>
    public MaintenancePolicy Maintenance { get; init; } = new() { Expiry = new ExpiryPolicy { MaxAgeMs = 86_400_000, MinSnapshots = 100 } };

    /// <summary>The process that fills the table does it.</summary>
    public bool IsMaintained { get; init; } = true;

    /// <summary>Table properties set when the table is created (Iceberg's names), beside and before those of <see cref="TableDefaults"/>.</summary>
    public ImmutableSortedDictionary<string, string> Properties { get; init; } = NoProperties;

    /// <summary>What becomes of a record that is no row.</summary>
    public DeadLetterPolicy DeadLetterPolicy { get; init; } = DeadLetterPolicy.Table;

    /// <summary>For <see cref="DeadLetterPolicy.Topic"/>: where they go; null for <c>NAME.dead-letters</c>.</summary>
    public string? DeadLetterTopic { get; init; }

    internal string DeadLetterTopicName => DeadLetterTopic ?? Name + TopicLetters.DefaultSuffix;

    /// <summary>What becomes of a record without a value.</summary>
    public TombstonePolicy TombstonePolicy { get; init; } = TombstonePolicy.DeadLetter;

    /// <summary>Larger records are dead letters.</summary>
    public int MaxRecordBytes { get; init; } = 16 << 20;

    /// <summary>JSON nested deeper is a dead letter.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>The other says the same of the table. Which topics a template made it of does not count: they are found.</summary>
    internal bool Means(TableOptions other) =>
        (Template.Length > 0 || Topics.SequenceEqual(other.Topics))
        && TimestampUnits.Count == other.TimestampUnits.Count
            && TimestampUnits.All(u => other.TimestampUnits.TryGetValue(u.Key, out var unit) && unit == u.Value)
        && Properties.SequenceEqual(other.Properties) && Start.Means(other.Start) && Key.SequenceEqual(other.Key)
        && this == other with { Topics = Topics, Key = Key, TimestampUnits = TimestampUnits, Properties = Properties, Start = Start };
}
