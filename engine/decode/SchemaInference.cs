using System.Globalization;
using System.Text.Json;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Guesses a schema from sample records: integers become long, other numbers double, both together double; texts string, whatever they look like;
/// objects structs; arrays lists of what their elements have in common; conflicts string. Null, {} and [] say nothing. A control path: it allocates.
/// </summary>
public sealed class SchemaInference
{
    private readonly InferredType root = new();
    private readonly int maxDepth;
    private int records;
    private int refused;

    public SchemaInference(int maxDepth = 64) => this.maxDepth = maxDepth;

    public static InferredSchema Infer(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        var inference = new SchemaInference();
        foreach (var record in records) inference.Add(record.Span);
        return inference.Result();
    }

    /// <summary>Takes one sample into account; false where it is no JSON object, and then nothing of it is.</summary>
    public bool Add(ReadOnlySpan<byte> record)
    {
        if (Check(record, maxDepth))
        {
            See(record, root, maxDepth);
            records++;
            return true;
        }
        refused++;
        return false;
    }

    public InferredSchema Result()
    {
        List<string> conflicts = [];
        return new(FieldIds.NewSchema(root.Fields("", conflicts)), records, refused, [.. conflicts]);
    }

    /// <summary>The fields that a record, known to be sound, has and <paramref name="schema"/> has not.</summary>
    internal static List<NewField> Missing(ReadOnlySpan<byte> record, Schema schema, JsonDecoderOptions options)
    {
        var seen = new InferredType();
        See(record, seen, options.MaxDepth);
        return Missing(seen, schema, options);
    }

    /// <summary>The fields that the sound ones among these records have and <paramref name="schema"/> has not, each of a type for all of their values.</summary>
    internal static List<NewField> Missing(IEnumerable<ReadOnlyMemory<byte>> records, Schema schema, JsonDecoderOptions options)
    {
        var seen = new InferredType();
        foreach (var record in records)
            if (Check(record.Span, options.MaxDepth)) See(record.Span, seen, options.MaxDepth);
        return Missing(seen, schema, options);
    }

    private static List<NewField> Missing(InferredType seen, Schema schema, JsonDecoderOptions options)
    {
        if (options.MetadataColumn is { } metadata) seen.Forget(metadata);
        List<NewField> missing = [];
        AddMissing(seen, schema.Struct, "", missing);
        return missing;
    }

    private static void AddMissing(InferredType seen, DataType type, string path, List<NewField> missing)
    {
        switch (type)
        {
            case StructType s:
                foreach (var (name, member) in seen.Members)
                {
                    var at = path.Length == 0 ? name : path + "." + name;
                    if (s.Find(name) is { } known) AddMissing(member, known.Type, at, missing);
                    else if (member.Resolve(at, []) is { } added && !missing.Exists(n => n.ParentPath == path && n.Field.Name == name)) missing.Add(new(path, new Field(0, name, added, false)));
                }
                break;
            case ListType l when seen.Element is { } element:
                AddMissing(element, l.Element.Type, path + ".element", missing);
                break;
            case MapType m:
                foreach (var (_, member) in seen.Members) AddMissing(member, m.Value.Type, path + ".value", missing);
                break;
            default:
                break;
        }
    }

    private static bool Check(ReadOnlySpan<byte> record, int maxDepth)
    {
        try
        {
            var reader = new Utf8JsonReader(record, new JsonReaderOptions { MaxDepth = maxDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read())
            {
            }
            return System.Text.Unicode.Utf8.IsValid(record);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void See(ReadOnlySpan<byte> record, InferredType root, int maxDepth)
    {
        var reader = new Utf8JsonReader(record, new JsonReaderOptions { MaxDepth = maxDepth });
        reader.Read();
        See(ref reader, root);
    }

    private static void See(ref Utf8JsonReader reader, InferredType type)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var member = NameOf(ref reader) is { } name ? type.Member(name) : null;
                    reader.Read();
                    See(ref reader, member ?? new());
                }
                break;
            case JsonTokenType.StartArray:
                var element = type.SeeArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) See(ref reader, element);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                type.See(PrimitiveType.Boolean);
                break;
            case JsonTokenType.Number:
                type.See(long.TryParse(reader.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? PrimitiveType.Long : PrimitiveType.Double);
                break;
            case JsonTokenType.String:
                type.See(PrimitiveType.String);
                break;
            default:
                break;
        }
    }

    /// <summary>The member's name; null where its escapes stand for half a character.</summary>
    private static string? NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
