using System.Collections.Immutable;
using System.Text.Json;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Plans for JSON whose columns a schema says: a JSON Schema, or Connect's. Values are read by the rules for JSON, so that a column of
/// another type than the schema's takes what those let it take: records are refused one by one, unless the policy is another. Any thread.
/// </summary>
/// <param name="reading">What does not come from the schema.</param>
public sealed class JsonCompiler(JsonDecoderOptions reading) : IPlanCompiler
{
    public RecordPlan Compile(WriterSchema writer, Schema table, PlanOptions options)
    {
        try
        {
            var columns = Read(writer);
            return ShapedPlan.Of(Written(columns), writer.ToString(), table, options,
                (match, schema) => new JsonPlan(new(schema, OptionsFor(columns, match, schema, options))));
        }
        catch (EngineException e) when (e.Kind is ErrorKind.Invalid or ErrorKind.Unsupported)
        {
            return UnusablePlan.Because(e.Message);
        }
    }

    public ImmutableArray<Field> Columns(WriterSchema writer, PlanOptions options) => Read(writer).Fields;

    private static WrittenColumns Written(JsonColumns columns) =>
        new(columns.Fields, ImmutableDictionary<string, ImmutableArray<string>>.Empty, ImmutableDictionary<string, string>.Empty)
        {
            AreJson = true,
        };

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
    private JsonDecoderOptions OptionsFor(JsonColumns columns, ColumnMatch match, Schema table, PlanOptions options) => reading with
    {
        // What the schema does not say is no new field: the schema is what the table follows.
        UnknownFields = options.UnknownFields == UnknownFields.Refuse ? UnknownFields.Refuse : UnknownFields.Ignore,
        ColumnUnits = columns.Units.Select(u => (Path: match.PathOf(u.Key), Unit: u.Value))
            .Where(u => u.Path is not null && JsonDecoder.UnitFlaw(table, u.Path, UnknownFields.Ignore) is null)
            .ToImmutableDictionary(u => u.Path!, u => u.Unit, reading.ColumnUnits.KeyComparer)
            .SetItems(reading.ColumnUnits),
        UnscaledDecimals = [.. columns.Unscaled.Select(match.PathOf).OfType<string>()],
        FieldNames = match.FieldNames,
    };
}
