using System.Collections.Immutable;
using System.Text;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Decode.Protobuf;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>How a table's records are decoded: its declared, inferred or fixed columns, and the decoder for a given schema.</summary>
internal static class TableDecoding
{
    private const int MaxLeftOutTold = 20;

    /// <summary>The columns that the options fix without looking at a record; null if they have to be inferred.</summary>
    internal static IReadOnlyList<Field>? Declared(TableOptions options)
    {
        if (options.Format == RecordFormat.Raw) return RawDecoder.Fields(1, options.RawKey, options.RawValue);
        if (ValueOf(options.Format) is { } value) return WithKey(options, [value]);
        if (options.Columns is { } text) return WithKey(options, ColumnText.Parse(text));
        return options.SchemaFile is { } file ? WithKey(options, SchemaFile.Read(Bytes(options, file, "schema_file")).Fields) : null;
    }

    /// <summary>The columns, and that of the keys where there is one and it is none of them.</summary>
    internal static IReadOnlyList<Field> WithKey(TableOptions options, IEnumerable<Field> columns)
    {
        List<Field> all = [.. columns];
        if (options.OfKeys is null && KeyedDecoder.Field(options.KeyForm) is { } key && !all.Exists(f => f.Name == key.Name)) all.Add(key);
        return all;
    }

    /// <summary>The one column of formats that have one.</summary>
    private static Field? ValueOf(RecordFormat format) => format switch
    {
        RecordFormat.String => RawDecoder.Fields(1, RawForm.Binary, RawForm.String)[1],
        RecordFormat.Bytes => RawDecoder.Fields(1, RawForm.Binary, RawForm.Binary)[1],
        _ => null,
    };

    /// <summary>
    /// The decoder; <paramref name="onFieldInOtherCase"/> is told what <see cref="JsonDecoderOptions.OnFieldInOtherCase"/> says. Throws the stop for columns that records of the options
    /// cannot fill.
    /// </summary>
    internal static (IRecordDecoder Decoder, KafkaColumnWriter? KafkaColumn) For(TableOptions options, Schema schema, TableStore store,
        Action<string, string> onFieldInOtherCase)
    {
        var json = JsonOptions(options);
        try
        {
            var decoder = options.OfKeys is { } keys
                ? new KeyFieldsDecoder(schema, options.KeyColumns == KeyShape.Struct, DecoderOfValues, OfKeys(keys, store))
                : KeyedDecoder.Of(schema, options.KeyForm, DecoderOfValues);
            return (decoder, json.MetadataColumn is null ? null : new(schema));
        }
        catch (EngineException e) when (e.Kind is ErrorKind.Invalid or ErrorKind.Unsupported)
        {
            throw TableStop.Misfit($"table {options.Name}: {e.Message}");
        }

        IRecordDecoder DecoderOfValues(Schema columns) => CompilerOf(options) is { } compiler
            ? new PlannedDecoder(compiler, store.Schemas!, WireOf(options), columns,
                PlanOptionsOf(options, store.FormatVersion) with { FormerNames = store.FormerNames })
            : options.Format is RecordFormat.Raw or RecordFormat.String or RecordFormat.Bytes
            ? new RawDecoder(columns, json.MetadataColumn, options.MaxRecordBytes)
            : JsonDecoder(columns, json with { OnFieldInOtherCase = onFieldInOtherCase }, TransformsOf(options));
    }

    /// <summary>The columns that keys like the first that can be read want; none where there is none, or they want none.</summary>
    internal static IReadOnlyList<Field> KeyColumnsOf(TableOptions options, TableStore store, IEnumerable<HeldRecord> records)
    {
        if (options.OfKeys is not { } keys) return [];
        foreach (var record in records)
            if (KeyFieldsDecoder.ColumnsOf(record.Input, options.KeyColumns == KeyShape.Struct, OfKeys(keys, store)) is
                { IsEmpty: false } columns) return columns;
        return [];
    }

    private static Func<Schema, IRecordDecoder> OfKeys(TableOptions keys, TableStore store) => schema => CompilerOf(keys) is { } compiler
        ? new PlannedDecoder(compiler, store.KeySchemas!, WireOf(keys), schema, PlanOptionsOf(keys, store.FormatVersion), isKey: true)
        : new JsonDecoder(schema, JsonOptions(keys));

    /// <summary>For a home: reads the value of each record's field.</summary>
    internal static RouteReader RouterOf(TableOptions home, TableStore store) =>
        new(schema => For(home, schema, store, static (_, _) => { }).Decoder);

    private static IRecordDecoder JsonDecoder(Schema schema, JsonDecoderOptions json, ColumnTransforms transforms) =>
        transforms.IsEmpty ? new JsonDecoder(schema, json) : new ShapedDecoder(schema, json, transforms);

    /// <summary>What becomes of records' fields; the configuration has checked it.</summary>
    internal static ColumnTransforms TransformsOf(TableOptions options)
    {
        var transforms = ColumnTransforms.Parse(options.Transforms, options.CaseSensitive, []);
        var hasColumn = options.OfKeys is not null ? options.KeyColumns == KeyShape.Struct
            : KeyedDecoder.Field(options.KeyForm) is not null;
        return hasColumn ? transforms.Without(KeyedDecoder.Name) : transforms;
    }

    /// <summary>What makes plans of the schemas that records of the format have; null where they have none.</summary>
    internal static IPlanCompiler? CompilerOf(TableOptions options) => options.Format switch
    {
        RecordFormat.Avro => AvroCompiler.Instance,
        RecordFormat.Protobuf => ProtobufCompiler.Instance,
        RecordFormat.JsonSchema or RecordFormat.ConnectJson => new JsonCompiler(JsonOptions(options)),
        _ => null,
    };

    /// <summary>Where the schemas of a table's records come from; null where the format has none.</summary>
    internal static ISchemaSource? SchemasOf(TableOptions options, ISchemaSource? registry)
    {
        if (CompilerOf(options) is null) return null;
        if (options.Format == RecordFormat.ConnectJson) return new EmbeddedSchemas();
        if (options.WriterSchemaFile is not null) return new FixedSchema(SchemaIn(options));
        return registry
            ?? throw TableStop.Misfit($"table {options.Name}: its records name schemas of a registry, and [registry] names none");
    }

    /// <summary>Where records have the id of their schema.</summary>
    internal static WireForm WireOf(TableOptions options) => options.Format == RecordFormat.ConnectJson ? WireForm.Embedded : options.Wire;

    /// <summary>The schema that the options give for all records.</summary>
    private static WriterSchema SchemaIn(TableOptions options)
    {
        var content = Bytes(options, options.WriterSchemaFile!, "schema");
        return options.Format switch
        {
            RecordFormat.Protobuf => ProtobufCompiler.SchemaOf(options.WriterSchemaFile!, content, path => Imported(options, path)),
            RecordFormat.JsonSchema => new(SchemaId.None, SchemaLanguage.Json, Encoding.UTF8.GetString(content), []),
            _ => AvroCompiler.SchemaOf(content, options.Wire),
        };
    }

    /// <summary>A file that the schema's imports: beside it, or in one of the folders above, as protoc's paths have it.</summary>
    private static byte[]? Imported(TableOptions options, string path)
    {
        if (Path.IsPathRooted(path) || path.Split('/').Contains("..")) return null;
        for (var folder = Path.GetDirectoryName(Path.GetFullPath(options.WriterSchemaFile!)); folder is not null;
            folder = Path.GetDirectoryName(folder))
        {
            var file = Path.Combine(folder, path);
            if (File.Exists(file)) return Bytes(options, file, "what the schema imports:");
        }
        return null;
    }

    private static byte[] Bytes(TableOptions options, string file, string key)
    {
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorKind.Invalid, $"table {options.Name}: cannot read {key} {file}: {e.Message}", e);
        }
    }

    internal static PlanOptions PlanOptionsOf(TableOptions options, int formatVersion) => new()
    {
        UnknownFields = options.UnknownFields,
        OnIncompatible = options.OnIncompatible,
        MetadataColumn = options.KafkaColumn ? KafkaColumn.Name : null,
        Transforms = TransformsOf(options),
        HasNanoseconds = formatVersion >= 3,
        HasDefaults = formatVersion >= 3,
        Message = options.Message,
        MaxRecordBytes = options.MaxRecordBytes,
        MaxDepth = options.MaxDepth,
    };

    private static JsonDecoderOptions JsonOptions(TableOptions options) => JsonOptions(options, TransformsOf(options));

    private static JsonDecoderOptions JsonOptions(TableOptions options, ColumnTransforms transforms) => new()
    {
        UnknownFields = options.UnknownFields,
        CaseSensitive = options.CaseSensitive,
        TimestampUnit = options.TimestampUnit,
        ColumnUnits = options.TimestampUnits.ToImmutableDictionary(u => transforms.FieldOf(u.Key), u => u.Value),
        Dropped = [.. transforms.Drops],
        MaxDepth = options.MaxDepth,
        MaxRecordBytes = options.MaxRecordBytes,
        MetadataColumn = options.KafkaColumn ? KafkaColumn.Name : null,
    };

    /// <summary>The rule for the names of the table's columns, with what is in the table besides those that are declared or inferred.</summary>
    internal static ColumnNames NamesFor(TableOptions options, List<NameClash> clashes)
    {
        var names = new ColumnNames(PartitionSpecText.ReservedNames(options.PartitionBy ?? ""));
        if (options.KafkaColumn) _ = names.Take(KafkaColumn.Field(0), clashes);
        return names;
    }

    /// <summary>Columns that fit the records seen first; null where none of them has one.</summary>
    internal static IReadOnlyList<Field>? Infer(TableOptions options, IEnumerable<HeldRecord> records, ILog log)
    {
        var transforms = TransformsOf(options);
        var inference = new SchemaInference(JsonOptions(options),
            PartitionSpecText.TimeColumns(options.PartitionBy ?? "").Select(transforms.FieldOf));
        foreach (var record in records)
            if (!record.Value.IsEmpty) inference.Add(record.Value.Span);
        var inferred = inference.Result(NamesFor(options, []), transforms);
        if (inferred.Schema.Fields.IsEmpty) return null;
        log.Info("columns inferred", ("table", options.Name), ("records", inferred.Records), ("refused", inferred.Refused), ("config", inferred.ToConfigLine()));
        if (inferred.Conflicts.Length > 0)
            log.Warn("values that no other type takes without loss became strings", ("table", options.Name), ("columns", string.Join(", ", inferred.Conflicts)));
        TellOfLeftOut(options, inferred.LeftOut, log);
        if (inferred.HasUnseen)
        {
            log.Warn("there are more fields than were looked at", ("table", options.Name), ("limit", SchemaInference.MaxSeen),
                ("column_limit", ColumnNames.MaxColumns), ("instead", "declare columns"));
        }
        return WithKey(options, inferred.Schema.Fields);
    }

    /// <summary>The first columns that a schema makes, less those that cannot be together in one table.</summary>
    internal static IReadOnlyList<Field> Together(TableOptions options, IEnumerable<Field> columns, ILog log)
    {
        List<NameClash> clashes = [];
        var names = NamesFor(options, clashes);
        List<Field> kept = [.. columns.Select(c => names.Take(c, clashes)).OfType<Field>()];
        if (kept.Count == 0) throw new EngineException(ErrorKind.Invalid, $"{clashes[0]}; {clashes[0].Advice}");
        TellOfLeftOut(options, clashes, log);
        return kept;
    }

    private static void TellOfLeftOut(TableOptions options, IReadOnlyCollection<NameClash> leftOut, ILog log)
    {
        foreach (var clash in leftOut.Take(MaxLeftOutTold))
        {
            log.Warn("a field is left out of the columns", ("table", options.Name), ("field", clash.Path), ("why", clash),
                ("instead", $"{clash.Advice}; or declare columns"));
        }
        if (leftOut.Count > MaxLeftOutTold)
        {
            log.Warn("more fields are left out of the columns", ("table", options.Name), ("fields", leftOut.Count - MaxLeftOutTold),
                ("column_limit", ColumnNames.MaxColumns), ("instead", "declare columns"));
        }
    }
}
