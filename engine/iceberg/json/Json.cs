using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Reading JSON with errors that name the object and the field; writing it without reflection.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false };

    /// <summary>What files have for "no snapshot" where they must have a number: Puffin blobs that go with none, tables without a current one before version 3.</summary>
    public const long NoSnapshot = -1;

    public static EngineException Bad(string what, string problem) => new(ErrorKind.Corrupt, $"{what}: {problem}");

    /// <summary>Parses a document and hands its root to <paramref name="read"/>; malformed JSON is Corrupt, named <paramref name="what"/>.</summary>
    public static T Parse<T>(ReadOnlyMemory<byte> utf8, string what, Func<JsonElement, T> read)
    {
        try
        {
            if (utf8.Span.StartsWith("\uFEFF"u8)) utf8 = utf8[3..];
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 128 });
            return read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The latter: a text with half a character in it.
            throw new EngineException(ErrorKind.Corrupt, $"{what} is not valid JSON: {error.Message}", error);
        }
    }

    /// <param name="write">Writes one value.</param>
    /// <param name="expectedBytes">How long it will be, about: large documents are not copied over and over then.</param>
    public static byte[] Write(Action<Utf8JsonWriter> write, int expectedBytes = 4096)
    {
        using var buffer = new ArrayPoolBufferWriter<byte>(expectedBytes);
        using (var json = new Utf8JsonWriter(buffer, Compact)) write(json);
        return buffer.WrittenSpan.ToArray();
    }

    public static string Text(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(Write(write));

    /// <summary>The field's value; false if it is absent or null.</summary>
    public static bool Has(JsonElement of, string name, out JsonElement value) => of.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    public static JsonElement Need(JsonElement of, string name, string what) => Has(of, name, out var value) ? value : throw Bad(what, $"'{name}' is missing");

    public static void NeedObject(JsonElement value, string what)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Bad(what, "an object is expected");
    }

    public static long Long(JsonElement of, string name, string what) => AsLong(Need(of, name, what), name, what);

    public static int Int(JsonElement of, string name, string what) => AsInt(Need(of, name, what), name, what);

    public static string String(JsonElement of, string name, string what) => AsString(Need(of, name, what), name, what);

    public static bool Bool(JsonElement of, string name, string what) => Need(of, name, what) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Bad(what, $"'{name}' is not true or false"),
    };

    public static SnapshotId SnapshotId(JsonElement of, string name, string what) => new(Long(of, name, what));

    /// <summary>The id that a number in a file stands for; null if it is <see cref="NoSnapshot"/>, or absent.</summary>
    public static SnapshotId? SnapshotIdOf(long? number) => number is { } id and not NoSnapshot ? new SnapshotId(id) : null;

    public static long? OptLong(JsonElement of, string name, string what) => Has(of, name, out var value) ? AsLong(value, name, what) : null;

    public static int? OptInt(JsonElement of, string name, string what) => Has(of, name, out var value) ? AsInt(value, name, what) : null;

    public static string? OptString(JsonElement of, string name, string what) => Has(of, name, out var value) ? AsString(value, name, what) : null;

    public static ImmutableArray<T> Array<T>(JsonElement of, string name, string what, Func<JsonElement, T> read)
    {
        var array = Need(of, name, what);
        if (array.ValueKind != JsonValueKind.Array) throw Bad(what, $"'{name}' is not a list");
        return [.. array.EnumerateArray().Select(read)];
    }

    public static ImmutableArray<T> OptArray<T>(JsonElement of, string name, string what, Func<JsonElement, T> read) =>
        Has(of, name, out _) ? Array(of, name, what, read) : [];

    public static ImmutableSortedDictionary<string, string> OptStrings(JsonElement of, string name, string what)
    {
        if (!Has(of, name, out var map)) return SummaryKeys.Empty;
        NeedObject(map, $"{what}, '{name}'");
        var strings = SummaryKeys.Empty.ToBuilder();
        foreach (var pair in map.EnumerateObject()) strings[pair.Name] = AsString(pair.Value, pair.Name, what);
        return strings.ToImmutable();
    }

    /// <summary>The fields of an object whose names are not in <paramref name="known"/>, as JSON text.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> Others(JsonElement of, IReadOnlySet<string> known) =>
        [.. of.EnumerateObject().Where(p => !known.Contains(p.Name)).Select(p => KeyValuePair.Create(p.Name, p.Value.GetRawText()))];

    public static void WriteOthers(Utf8JsonWriter json, ImmutableArray<KeyValuePair<string, string>> others)
    {
        foreach (var (name, text) in others)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(text);
        }
    }

    public static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, string>> strings)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in strings) json.WriteString(key, value);
        json.WriteEndObject();
    }

    public static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items) write(json, item);
        json.WriteEndArray();
    }

    public static long AsLong(JsonElement value, string name, string what) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw Bad(what, $"'{name}' is not a whole number of 64 bits");

    public static int AsInt(JsonElement value, string name, string what) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Bad(what, $"'{name}' is not a whole number of 32 bits");

    public static string AsString(JsonElement value, string name, string what) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Bad(what, $"'{name}' is not a string");
}
