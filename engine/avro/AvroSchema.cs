using System.Text.Json;
using K2I.Base;

namespace K2I.Avro;

/// <summary>Reads Avro schemas from JSON. Control paths: they allocate. Any thread.</summary>
public static class AvroSchema
{
    private const int MaxDepth = 128;

    /// <summary>
    /// The type that the JSON text declares. Throws an error of <paramref name="kind"/>, naming <paramref name="what"/>, for what is no
    /// schema.
    /// </summary>
    public static AvroType Parse(ReadOnlyMemory<byte> utf8, string what, ErrorKind kind = ErrorKind.Invalid) => Parse(utf8, [], what, kind);

    /// <param name="utf8">The schema.</param>
    /// <param name="references">Schemas whose named types it uses, each after those that it uses itself.</param>
    /// <param name="what">Names the schema in errors.</param>
    /// <param name="kind">Of errors.</param>
    public static AvroType Parse(
        ReadOnlyMemory<byte> utf8, IEnumerable<ReadOnlyMemory<byte>> references, string what, ErrorKind kind = ErrorKind.Invalid)
    {
        var reader = new AvroSchemaReader(what, kind);
        foreach (var reference in references) _ = Read(reader, reference);
        return Read(reader, utf8);
    }

    /// <summary>The type's name as schemas write it.</summary>
    public static string NameOf(AvroKind kind) => kind switch
    {
        AvroKind.Null => "null",
        AvroKind.Boolean => "boolean",
        AvroKind.Int => "int",
        AvroKind.Long => "long",
        AvroKind.Float => "float",
        AvroKind.Double => "double",
        AvroKind.Bytes => "bytes",
        AvroKind.String => "string",
        AvroKind.Record => "record",
        AvroKind.Enum => "enum",
        AvroKind.Array => "array",
        AvroKind.Map => "map",
        AvroKind.Fixed => "fixed",
        _ => "union",
    };

    private static AvroType Read(AvroSchemaReader reader, ReadOnlyMemory<byte> utf8)
    {
        try
        {
            if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
            // Registries keep the schema of a primitive as its bare name.
            if (AvroSchemaReader.Bare(utf8.Span) is { } primitive) return primitive;
            using var document = JsonDocument.Parse(utf8, new() { MaxDepth = MaxDepth });
            return reader.Type(document.RootElement, "");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter: a text with half a character in it.
            throw reader.Bad($"not JSON: {error.Message}");
        }
    }
}
