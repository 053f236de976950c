using System.Text.Json;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Reads a table's schema from a JSON document: an Iceberg schema (<c>"type": "struct"</c> with <c>fields</c>), whose field ids are kept, or a JSON Schema
/// (draft 4 to 2020-12), whose fields get ids from 1. A control path; errors name the place in the document.
/// </summary>
public static class SchemaFile
{
    internal const int MaxDepth = 128;

    /// <summary>The schema that the document describes; throws <see cref="ErrorKind.Invalid"/> where it is neither form, or says what no table can hold.</summary>
    public static Schema Read(ReadOnlyMemory<byte> json)
    {
        if (Utf8Text.HasMark(json.Span)) json = json[Utf8Text.MarkBytes..];
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Skip });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw Invalid("$", "a schema is a JSON object");
            return root.TryGetProperty("fields", out _)
                ? IcebergSchemaReader.Read(root)
                : FieldIds.NewSchema(JsonSchemaReader.Read(root).Fields);
        }
        catch (JsonException e)
        {
            throw new EngineException(ErrorKind.Invalid, $"schema file: not JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new EngineException(ErrorKind.Invalid, $"schema file: {e.Message}", e);
        }
    }

    internal static EngineException Invalid(string path, string message) => new(ErrorKind.Invalid, $"schema file, {path}: {message}");
}
