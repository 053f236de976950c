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
    /// <summary>
    /// Members and array elements, counted once for all records and at every depth, that are looked at: far more than become columns, so that
    /// nulls among them do not matter.
    /// </summary>
    public const int MaxSeen = 4 * ColumnNames.MaxColumns;

    private readonly InferredType root;
    private readonly IEqualityComparer<string> memberNames;
    private readonly JsonDecoderOptions options;
    private readonly HashSet<string> times;
    private int records;
    private int refused;
    private int seen;
    private bool hasUnseen;

    /// <summary>
    /// An inference without samples yet, for a decoder with these options. <paramref name="times"/> are paths of columns that are to be times, beside those with a
    /// unit of their own.
    /// </summary>
    public SchemaInference(JsonDecoderOptions? options = null, IEnumerable<string>? times = null)
    {
        this.options = options ??= new();
        this.times = [.. times ?? [], .. options.ColumnUnits.Keys];
        memberNames = options.CaseSensitive ? StringComparer.Ordinal : NameCase.Ignored;
        root = new(memberNames);
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
        if (TrySee(record, known: null))
        {
            records++;
            return true;
        }
        refused++;
        return false;
    }

    /// <param name="names">The rule that says what can be a column, what the table has besides taken into it; null: the rule alone.</param>
    /// <param name="transforms">What becomes of the fields before they are columns.</param>
    public InferredSchema Result(ColumnNames? names = null, ColumnTransforms? transforms = null)
    {
        names ??= new([]);
        List<string> conflicts = [];
        List<NameClash> leftOut = [];
        var found = root.Fields("", times, conflicts);
        var fields = (transforms is null ? found : transforms.Apply(found)).Select(f => names.Take(f, leftOut)).OfType<Field>().ToList();
        return new(FieldIds.NewSchema(fields), records, refused, [.. conflicts], [.. leftOut], hasUnseen);
    }

    /// <summary>
    /// The fields that a record, known to be sound, has and <paramref name="schema"/> has not; null where they are too many to be looked at.
    /// </summary>
    internal static List<NewField>? Missing(ReadOnlySpan<byte> record, Schema schema, JsonDecoderOptions options)
    {
        var inference = new SchemaInference(options);
        inference.See(WithoutMark(record), schema.Struct);
        return inference.hasUnseen ? null : inference.Missing(schema);
    }

    /// <summary>
    /// The fields that the sound ones among these records have and <paramref name="schema"/> has not, each of a type for all of their values.
    /// Those of the first records, where all of them are too many to be looked at.
    /// </summary>
    internal static List<NewField> Missing(IEnumerable<ReadOnlyMemory<byte>> records, Schema schema, JsonDecoderOptions options)
    {
        var inference = new SchemaInference(options);
        foreach (var record in records) _ = inference.TrySee(record.Span, schema.Struct);
        return inference.Missing(schema);
    }

    private List<NewField> Missing(Schema schema)
    {
        List<NewField> missing = [];
        AddMissing(root, schema.Struct, "", options.MetadataColumn, missing);
        return missing;
    }

    private void AddMissing(InferredType type, DataType known, string path, string? except, List<NewField> missing)
    {
        foreach (var (name, member) in type.Members)
        {
            if (memberNames.Equals(name, except)) continue;
            var at = path.Length == 0 ? name : path + "." + name;
            if (options.Dropped.Contains(at)) continue;
            if (KnownMember(known, name) is { } field) AddMissing(member, field.Type, at, except: null, missing);
            else if (known is StructType && member.Resolve(at, times, []) is { } added) missing.Add(new(path, new Field(0, name, added, false)));
        }
        if (known is not ListType l || type.Element is not { } element) return;
        AddMissing(element, l.Element.Type, path + ".element", except: null, missing);
    }

    /// <summary>
    /// The field for a member: the one of its name, or the only one that differs from it in a case that does not count. Those of a map's
    /// objects are all its value.
    /// </summary>
    private Field? KnownMember(DataType? type, string name)
    {
        if (type is MapType m) return m.Value;
        if (type is not StructType s) return null;
        if (options.CaseSensitive || s.Find(name) is not null) return s.Find(name);
        var variants = s.Fields.Where(f => memberNames.Equals(f.Name, name)).Take(2).ToArray();
        return variants.Length == 1 ? variants[0] : null;
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> record) => Utf8Text.HasMark(record) ? record[Utf8Text.MarkBytes..] : record;

    private bool TrySee(ReadOnlySpan<byte> record, DataType? known)
    {
        record = WithoutMark(record);
        if (!Check(record, options.MaxDepth)) return false;
        See(record, known);
        return true;
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

    private void See(ReadOnlySpan<byte> record, DataType? known)
    {
        var reader = new Utf8JsonReader(record, new JsonReaderOptions { MaxDepth = options.MaxDepth });
        reader.Read();
        See(ref reader, root, known);
    }

    /// <param name="reader">At the value.</param>
    /// <param name="type">What grows by it.</param>
    /// <param name="known">The type of the column that the value goes to; null where there is none.</param>
    private void See(ref Utf8JsonReader reader, InferredType type, DataType? known)
    {
        switch (reader.TokenType)
        {
            case var _ when known is PrimitiveType or VariantType:
                reader.Skip();
                break;
            case JsonTokenType.StartObject when known is null or StructType or MapType:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = NameOf(ref reader);
                    reader.Read();
                    var field = name is null ? null : KnownMember(known, name);
                    var member = name is null ? null : MemberOf(type, known is MapType ? "value" : name, isKnown: field is not null);
                    if (member is null) reader.Skip();
                    else See(ref reader, member, field?.Type);
                }
                break;
            case JsonTokenType.StartArray when known is null or ListType:
                if ((type.Element ??= Next(isKnown: known is not null)) is not { } element)
                {
                    reader.Skip();
                    break;
                }
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) See(ref reader, element, (known as ListType)?.Element.Type);
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                reader.Skip();
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

    private InferredType? MemberOf(InferredType type, string name, bool isKnown)
    {
        if (type.Member(name) is { } there) return there;
        if (Next(isKnown) is not { } added) return null;
        type.Add(name, added);
        return added;
    }

    /// <summary>A place more; null once there are too many that no column is known for.</summary>
    private InferredType? Next(bool isKnown)
    {
        if (!isKnown && seen == MaxSeen)
        {
            hasUnseen = true;
            return null;
        }
        if (!isKnown) seen++;
        return new(memberNames);
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
