using System.Collections.Immutable;
using System.Text.Json;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Plans for JSON whose columns a schema says: a JSON Schema, or Connect's. Values are read by the rules for JSON, so that a column of
/// another type than the schema's takes what those let it take: no record is refused for its schema's sake. Any thread.
/// </summary>
/// <param name="reading">What does not come from the schema.</param>
public sealed class JsonCompiler(JsonDecoderOptions reading) : IPlanCompiler
{
    public RecordPlan Compile(WriterSchema writer, Schema table, PlanOptions options)
    {
        try
        {
            var columns = Read(writer);
            var shape = RecordShape.OfJson(columns.Fields, table, options.Transforms, options.MetadataColumn);
            var schema = shape?.Schema ?? table;
            var match = ColumnMatch.Of(Written(columns), schema, options with { OnIncompatible = OnIncompatible.DeadLetter });
            if (!match.Changes.IsEmpty) return UnusablePlan.Until(shape?.Apply(match.Changes) ?? match.Changes);
            var plan = new JsonPlan(new(schema, OptionsFor(columns, schema, options)));
            return shape is null ? plan : new ShapedPlan(plan, shape);
        }
        catch (EngineException e) when (e.Kind is ErrorKind.Invalid or ErrorKind.Unsupported)
        {
            return UnusablePlan.Because(e.Message);
        }
    }

    public ImmutableArray<Field> Columns(WriterSchema writer, PlanOptions options) => Read(writer).Fields;

    private static WrittenColumns Written(JsonColumns columns) =>
        new(columns.Fields, ImmutableDictionary<string, ImmutableArray<string>>.Empty, ImmutableDictionary<string, string>.Empty);

    private static JsonColumns Read(WriterSchema writer)
    {
        if (writer.Language is not (SchemaLanguage.Json or SchemaLanguage.Connect))
            throw new EngineException(ErrorKind.Invalid, $"{writer} is written in {writer.Language}, and records are JSON");
        try
        {
            using var document =
                JsonDocument.Parse(writer.Text, new() { MaxDepth = SchemaFile.MaxDepth, CommentHandling = JsonCommentHandling.Skip });
            return writer.Language == SchemaLanguage.Connect ? ConnectSchema.Read(document.RootElement)
                : JsonSchemaReader.Read(document.RootElement, writer.References);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new EngineException(ErrorKind.Invalid, $"{writer}: {e.Message}", e);
        }
    }

    /// <summary>What the schema says counts for columns that can be so: the table's are not always what the schema has.</summary>
    private JsonDecoderOptions OptionsFor(JsonColumns columns, Schema table, PlanOptions options) => reading with
    {
        // What the schema does not say is no new field: the schema is what the table follows.
        UnknownFields = options.UnknownFields == UnknownFields.Refuse ? UnknownFields.Refuse : UnknownFields.Ignore,
        ColumnUnits = columns.Units.Where(u => JsonDecoder.UnitFlaw(table, u.Key, UnknownFields.Ignore) is null)
            .ToImmutableDictionary(reading.ColumnUnits.KeyComparer)
            .SetItems(reading.ColumnUnits),
        UnscaledDecimals = columns.Unscaled,
    };
}
