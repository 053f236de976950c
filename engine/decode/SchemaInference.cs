using System.Text.Json;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Guesses a schema from sample records, of which it loses no digit: whole numbers become long, others double, texts string; objects structs;
/// arrays lists of what their elements have in common; conflicts string. Columns that are to be times become that where all their values are.
/// Null, {} and [] say nothing. A control path: it allocates.
/// </summary>
public sealed class SchemaInference
{
    private readonly InferredType root;
    private readonly JsonDecoderOptions options;
    private readonly HashSet<string> times;
    private int records;
    private int refused;

    /// <summary>
    /// An inference without samples yet, for a decoder with these options. <paramref name="times"/> are paths of columns that are to be times, beside those with a
    /// unit of their own.
    /// </summary>
    public SchemaInference(JsonDecoderOptions? options = null, IEnumerable<string>? times = null)
    {
        this.options = options ??= new();
        this.times = [.. times ?? [], .. options.ColumnUnits.Keys];
        root = new(NamesOf(options));
    }

    public static InferredSchema Infer(IEnumerable<ReadOnlyMemory<byte>> records, IEnumerable<string>? times = null)
    {
        var inference = new SchemaInference(times: times);
        foreach (var record in records) inference.Add(record.Span);
        return inference.Result();
    }

    /// <summary>Takes one sample into account; false where it is no JSON object, and then nothing of it is.</summary>
    public bool Add(ReadOnlySpan<byte> record)
    {
        record = WithoutMark(record);
        if (Check(record, options.MaxDepth))
        {
            See(record, root, options.MaxDepth);
            records++;
            return true;
        }
        refused++;
        return false;
    }

    public InferredSchema Result()
    {
        List<string> conflicts = [];
        return new(FieldIds.NewSchema(root.Fields("", times, conflicts)), records, refused, [.. conflicts]);
    }

    /// <summary>The fields that a record, known to be sound, has and <paramref name="schema"/> has not.</summary>
    internal static List<NewField> Missing(ReadOnlySpan<byte> record, Schema schema, JsonDecoderOptions options)
    {
        var seen = new InferredType(NamesOf(options));
        See(WithoutMark(record), seen, options.MaxDepth);
        return Missing(seen, schema, options);
    }

    /// <summary>The fields that the sound ones among these records have and <paramref name="schema"/> has not, each of a type for all of their values.</summary>
    internal static List<NewField> Missing(IEnumerable<ReadOnlyMemory<byte>> records, Schema schema, JsonDecoderOptions options)
    {
        var seen = new InferredType(NamesOf(options));
        foreach (var record in records)
        {
            var text = WithoutMark(record.Span);
            if (Check(text, options.MaxDepth)) See(text, seen, options.MaxDepth);
        }
        return Missing(seen, schema, options);
    }

    private static List<NewField> Missing(InferredType seen, Schema schema, JsonDecoderOptions options)
    {
        if (options.MetadataColumn is { } metadata) seen.Forget(metadata);
        List<NewField> missing = [];
        AddMissing(seen, schema.Struct, "", options, [.. options.ColumnUnits.Keys], missing);
        return missing;
    }

    private static void AddMissing(InferredType seen, DataType type, string path, JsonDecoderOptions options, HashSet<string> times, List<NewField> missing)
    {
        switch (type)
        {
            case StructType s:
                foreach (var (name, member) in seen.Members)
                {
                    var at = path.Length == 0 ? name : path + "." + name;
                    if (Find(s, name, options.CaseSensitive) is { } known) AddMissing(member, known.Type, at, options, times, missing);
                    else if (member.Resolve(at, times, []) is { } added && !missing.Exists(n => n.ParentPath == path && n.Field.Name == name))
                        missing.Add(new(path, new Field(0, name, added, false)));
                }
                break;
            case ListType l when seen.Element is { } element:
                AddMissing(element, l.Element.Type, path + ".element", options, times, missing);
                break;
            case MapType m:
                foreach (var (_, member) in seen.Members) AddMissing(member, m.Value.Type, path + ".value", options, times, missing);
                break;
            default:
                break;
        }
    }

    /// <summary>The field of that name, or the only one that differs from it in a case that does not count.</summary>
    private static Field? Find(StructType type, string name, bool caseSensitive)
    {
        if (caseSensitive || type.Find(name) is not null) return type.Find(name);
        var variants = type.Fields.Where(f => NameCase.Ignored.Equals(f.Name, name)).Take(2).ToArray();
        return variants.Length == 1 ? variants[0] : null;
    }

    private static IEqualityComparer<string> NamesOf(JsonDecoderOptions options) => options.CaseSensitive ? StringComparer.Ordinal : NameCase.Ignored;

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> record) => Utf8Text.HasMark(record) ? record[Utf8Text.MarkBytes..] : record;

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
                    See(ref reader, member ?? new(StringComparer.Ordinal));
                }
                break;
            case JsonTokenType.StartArray:
                var element = type.SeeArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) See(ref reader, element);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                type.See(ValueSorts.Boolean);
                break;
            case JsonTokenType.Number:
                type.See(ValueSorter.OfNumber(ref reader));
                break;
            case JsonTokenType.String:
                type.See(ValueSorter.OfText(ref reader));
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
