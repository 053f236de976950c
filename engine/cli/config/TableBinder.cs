using System.Collections.Immutable;
using K2I.Decode;
using K2I.Pipeline;

namespace K2I.Cli.Config;

/// <summary>Turns one <c>[table.NAME]</c>, of a table or a template, into options and checks its keys against each other.</summary>
/// <param name="section">The section.</param>
/// <param name="sourcePlace">Where it stands, for what is missing.</param>
/// <param name="defaults">What other sections say of all tables.</param>
/// <param name="formatVersion">Of new tables.</param>
/// <param name="problems">Gets what is wrong.</param>
internal sealed class TableBinder(SettingSection section, Place sourcePlace, TableOptions defaults, int formatVersion, Problems problems)
{
    // Keys that say how JSON becomes columns.
    private static readonly ConfigKey[] ForJson = [Keys.Columns, Keys.SchemaFile, Keys.InferRecords, Keys.UnknownFields, Keys.CaseSensitive, Keys.TimestampUnit, Keys.MaxDepth];
    private static readonly ConfigKey[] ForRaw = [Keys.RawValue, Keys.RawKey];

    // Keys that say which schemas records are written with.
    private static readonly ConfigKey[] ForSchemas = [Keys.Wire, Keys.WriterSchema, Keys.OnIncompatible];
    private static readonly ConfigKey[] ForProtobuf = [Keys.Message];
    private static readonly ConfigKey[] ForKeys = [Keys.KeyFormat, Keys.KeyColumns, Keys.KeySchema, Keys.KeyMessage];
    private static readonly ConfigKey[] ForFields = [Keys.Rename, Keys.Drop, Keys.Cast, Keys.Flatten, Keys.Mask, Keys.MaskKey];
    private static readonly ConfigKey[] ForJsonAlone = [Keys.InferRecords, Keys.CaseSensitive, Keys.TimestampUnit];

    // In the order of the choices.
    private static readonly WireForm[] Wires =
        [WireForm.Confluent, WireForm.Bare, WireForm.Apicurio8, WireForm.Glue, WireForm.Azure, WireForm.SingleObject];

    private static readonly EpochUnit[] Units = [EpochUnit.Milliseconds, EpochUnit.Seconds, EpochUnit.Microseconds, EpochUnit.Nanoseconds];

    private readonly ValueReader values = new(section.Name, section, sourcePlace, problems);
    private bool hasFlaw;

    public TableOptions Bind()
    {
        var topics = Topics();
        var format = (RecordFormat)values.Choice(Keys.Format);
        foreach (var key in OthersThan(format))
            if (values.Changes(key)) values.Wrong(key, $"has no meaning with format = {Keys.Format.Choices[(int)format]}");
        if (values.Has(Keys.Columns) && values.Has(Keys.SchemaFile)) values.Wrong(Keys.SchemaFile, "columns are given already", "keep one of columns and schema_file");
        if (values.Changes(Keys.InferRecords) && (values.Has(Keys.Columns) || values.Has(Keys.SchemaFile))) values.Wrong(Keys.InferRecords, "nothing is inferred when the columns are given");
        if (format == RecordFormat.Protobuf && values.Choice(Keys.Wire) > 1)
            values.Wrong(Keys.Wire, "has no meaning with format = protobuf", "confluent or bare");
        return Checked(new TableOptions
        {
            Name = section.TableName,
            Topics = topics,
            Format = format,
            RawValue = (RawForm)values.Choice(Keys.RawValue),
            RawKey = (RawForm)values.Choice(Keys.RawKey),
            KeyForm = KeyFormOf(),
            KeyColumns = (KeyShape)values.Choice(Keys.KeyColumns),
            KeySchemaFile = ExistingFile(Keys.KeySchema),
            KeyMessage = values.Text(Keys.KeyMessage),
            Columns = Columns(),
            SchemaFile = ExistingFile(Keys.SchemaFile),
            InferRecords = (int)values.Count(Keys.InferRecords, 1, 1_000_000),
            UnknownFields = UnknownFieldsOf(format),
            Wire = values.Has(Keys.Wire) || !values.Has(Keys.WriterSchema) ? Wires[values.Choice(Keys.Wire)] : WireForm.Bare,
            WriterSchemaFile = ExistingFile(Keys.WriterSchema),
            Message = values.Text(Keys.Message),
            OnIncompatible = (OnIncompatible)values.Choice(Keys.OnIncompatible),
            CaseSensitive = values.Flag(Keys.CaseSensitive),
            TimestampUnit = Units[values.Choice(Keys.TimestampUnit)],
            TimestampUnits = TimestampUnits(format),
            Transforms = Transforms(),
            PartitionBy = values.Text(Keys.PartitionBy),
            Key = Key(),
            Start = Start(topics),
            KafkaColumn = values.Flag(Keys.KafkaColumn),
            Flush = new FlushOptions
            {
                Bytes = values.Has(Keys.TableFlushBytes) ? Limits.FlushBytes(values, Keys.TableFlushBytes) : defaults.Flush.Bytes,
                Rows = values.Has(Keys.TableFlushRows) ? Limits.FlushRows(values, Keys.TableFlushRows) : defaults.Flush.Rows,
                AgeMs = values.Has(Keys.TableFlushInterval) ? Limits.FlushInterval(values, Keys.TableFlushInterval) : defaults.Flush.AgeMs,
            },
            Maintenance = MaintenanceBinder.Bind(values, defaults.Maintenance, values.Flag(Keys.KafkaColumn)),
            IsMaintained = MaintenanceBinder.IsOn(values, defaults.IsMaintained),
            Properties = Properties(),
            DeadLetterPolicy = (DeadLetterPolicy)values.Choice(Keys.DeadLetter),
            DeadLetterTopic = DeadLetterTopic(topics),
            TombstonePolicy = (TombstonePolicy)values.Choice(Keys.Tombstones),
            MaxRecordBytes = (int)values.Bytes(Keys.MaxRecord, 1 << 10, 1 << 30),
            MaxDepth = (int)values.Count(Keys.MaxDepth, 1, 1_000),
        });
    }

    private ImmutableSortedDictionary<string, string> Properties()
    {
        var properties = section.All.Where(s => KnownKeys.IsProperty(s.Key)).ToImmutableSortedDictionary(s => s.Key[Keys.PropertyPrefix.Length..], s => s, StringComparer.Ordinal);
        foreach (var (key, setting) in properties)
            if (TableCheck.PropertyFlaw(key, setting.Text) is { } flaw) problems.Add(setting.PlaceAt(0), $"[{section.Name}] {setting.Key}: {flaw}");
        return properties.ToImmutableSortedDictionary(p => p.Key, p => p.Value.Text, StringComparer.Ordinal);
    }

    private ImmutableArray<string> Topics()
    {
        if (values.Text(Keys.Topics) is not { Length: > 0 } text) return [];
        var topics = TopicList.Parse(text, out var error, out var at);
        if (error is not null) values.Bad(Keys.Topics, error, at);
        return topics;
    }

    /// <summary>A topic that the table does not read itself, or its dead letters would come back as records without end.</summary>
    private string? DeadLetterTopic(ImmutableArray<string> topics)
    {
        var text = values.Text(Keys.DeadLetterTopic);
        var toTopic = values.Choice(Keys.DeadLetter) == (int)DeadLetterPolicy.Topic;
        if (text is not null && !toTopic) values.Wrong(Keys.DeadLetterTopic, "has no meaning without dead_letter = topic");
        if (!string.IsNullOrEmpty(text) && TopicList.NameFlaw(text) is { } flaw) values.Bad(Keys.DeadLetterTopic, flaw);
        // Of a template it has the name of each table: looked at when they are made.
        else if (toTopic && (text is not null || !values.Has(Keys.TableName))
            && TopicList.Matches(topics, text ?? section.TableName + ".dead-letters") is { } reads)
            values.Wrong(text is null ? Keys.DeadLetter : Keys.DeadLetterTopic, $"the table reads that topic itself (topics has '{reads}')", "its dead letters would come back; name another dead_letter_topic");
        return string.IsNullOrEmpty(text) ? null : text;
    }

    private IEnumerable<Setting> UnitSettings => section.All.Where(s => KnownKeys.IsUnit(s.Key));

    private static string ColumnOf(Setting unit) => unit.Key[Keys.UnitPrefix.Length..];

    private ImmutableDictionary<string, EpochUnit> TimestampUnits(RecordFormat format)
    {
        var units = ImmutableDictionary.CreateBuilder<string, EpochUnit>(StringComparer.Ordinal);
        foreach (var setting in UnitSettings)
        {
            var choice = Array.IndexOf(Keys.TimestampUnit.Choices, setting.Text);
            if (format is RecordFormat.Raw or RecordFormat.Avro or RecordFormat.Protobuf or RecordFormat.String or RecordFormat.Bytes)
                problems.Add(setting.KeyPlace, $"[{section.Name}] {setting.Key}: has no meaning with format = {Keys.Format.Choices[(int)format]}");
            else if (choice < 0) problems.Add(setting.ValuePlace, $"[{section.Name}] {setting.Key}: expected {Keys.TimestampUnit.Expected}, found '{setting.Template}'");
            else units[ColumnOf(setting)] = Units[choice];
        }
        return units.ToImmutable();
    }

    private string? Columns()
    {
        var text = values.Text(Keys.Columns);
        if (text is not null && DeclaredText.ColumnsFlaw(text) is var (at, flaw)) Flaw(Keys.Columns, flaw, at);
        return text;
    }

    /// <summary>Columns, schema file and partitioning together, once each is well by itself.</summary>
    private TableOptions Checked(TableOptions table)
    {
        var key = values.Has(Keys.PartitionBy) ? Keys.PartitionBy : values.Has(Keys.SchemaFile) ? Keys.SchemaFile : Keys.Columns;
        if (hasFlaw) return table;
        var flaws = DeclaredText.TableFlaws(table, formatVersion).ToList();
        foreach (var flaw in flaws) values.Wrong(flaw.ColumnsAt is null ? key : Keys.Columns, flaw.Message, flaw.Hint, flaw.ColumnsAt);
        if (flaws.Count == 0 && TableCheck.KeyFlaw(table) is { } keyFlaw) values.Wrong(Keys.Key, keyFlaw);
        if (flaws.Count > 0 || table.Format != RecordFormat.Json) return table;
        foreach (var setting in UnitSettings)
            if (DeclaredText.UnitFlaw(table, ColumnOf(setting)) is { } wrong) problems.Add(setting.KeyPlace, $"[{section.Name}] {setting.Key}: {wrong}");
        return table;
    }

    private TransformTexts Transforms()
    {
        var texts = new TransformTexts
        {
            Rename = values.Text(Keys.Rename),
            Drop = values.Text(Keys.Drop),
            Cast = values.Text(Keys.Cast),
            Flatten = values.Text(Keys.Flatten),
            Mask = values.Text(Keys.Mask),
            MaskKey = values.Text(Keys.MaskKey),
        };
        List<TransformFlaw> flaws = [];
        _ = ColumnTransforms.Parse(texts, values.Text(Keys.CaseSensitive) != "false", flaws);
        foreach (var flaw in flaws) values.Wrong(Array.Find(ForFields, k => k.Name == flaw.Key)!, flaw.Message, flaw.Hint, flaw.At);
        if (texts.MaskKey is not null && texts.Mask?.Contains("hash", StringComparison.Ordinal) != true)
            values.Wrong(Keys.MaskKey, "has no meaning without mask = FIELD: hash");
        return texts;
    }

    private ImmutableArray<string> Key()
    {
        if (values.Text(Keys.Key) is not { Length: > 0 } text) return [];
        ImmutableArray<string> columns = [.. text.Split(',', StringSplitOptions.TrimEntries)];
        if (columns.Contains("")) values.Bad(Keys.Key, "a column has no name");
        return columns;
    }

    private static IEnumerable<ConfigKey> OthersThan(RecordFormat format) => format switch
    {
        RecordFormat.Raw => [Keys.RouteBy, .. ForKeys, .. ForJson, .. ForFields, .. ForSchemas, .. ForProtobuf],
        RecordFormat.String or RecordFormat.Bytes => [Keys.RouteBy, .. ForRaw, .. ForJson, .. ForFields, .. ForSchemas, .. ForProtobuf],
        RecordFormat.Json => [.. ForRaw, .. ForSchemas, .. ForProtobuf],
        RecordFormat.Avro => [.. ForRaw, .. ForJsonAlone, .. ForProtobuf],
        RecordFormat.Protobuf => [.. ForRaw, .. ForJsonAlone],
        RecordFormat.JsonSchema => [.. ForRaw, Keys.InferRecords, .. ForProtobuf],
        _ => [.. ForRaw, Keys.InferRecords, Keys.Wire, Keys.WriterSchema, .. ForProtobuf],
    };

    private KeyForm KeyFormOf()
    {
        var form = (KeyForm)values.Choice(Keys.KeyFormat);
        ConfigKey[] unfit = form switch
        {
            KeyForm.Json => [Keys.KeySchema, Keys.KeyMessage],
            KeyForm.Avro => [Keys.KeyMessage],
            KeyForm.Protobuf => [],
            _ => [Keys.KeyColumns, Keys.KeySchema, Keys.KeyMessage],
        };
        foreach (var key in unfit)
            if (values.Changes(key) && values.Choice(Keys.Format) != (int)RecordFormat.Raw)
                values.Wrong(key, $"has no meaning with key_format = {Keys.KeyFormat.Choices[(int)form]}");
        return form;
    }

    /// <summary>Columns that come of schemas grow with them.</summary>
    private UnknownFields UnknownFieldsOf(RecordFormat format)
    {
        var isGiven = values.Has(Keys.UnknownFields) || values.Has(Keys.Columns) || values.Has(Keys.SchemaFile);
        return format is not (RecordFormat.Json or RecordFormat.Raw or RecordFormat.String or RecordFormat.Bytes) && !isGiven
            ? UnknownFields.Evolve
            : (UnknownFields)values.Choice(Keys.UnknownFields);
    }

    private string? ExistingFile(ConfigKey key)
    {
        var path = values.Text(key);
        if (!string.IsNullOrEmpty(path) && !File.Exists(path)) Flaw(key, "the file does not exist", 0, "the path of a file");
        return path;
    }

    private void Flaw(ConfigKey key, string flaw, int at, string? expected = null)
    {
        hasFlaw = true;
        values.Bad(key, flaw, at, expected);
    }

    private StartPosition Start(ImmutableArray<string> topics)
    {
        if (values.Text(Keys.Start) is not { Length: > 0 } text) return StartPosition.Earliest;
        var start = StartText.Parse(text, topics, out var hint);
        if (start is null) values.Bad(Keys.Start, hint);
        return start ?? StartPosition.Earliest;
    }
}
