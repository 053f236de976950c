using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Columns;

namespace K2I.Ring;

/// <summary>
/// The columns that a table's rows are found by, in order: of a primitive type, at the top or within structs. Null is a value of its own;
/// a column that a segment does not have yet is null there. Keys are the same bytes before and after a column's type is widened. Immutable.
/// </summary>
public sealed class KeyColumns
{
    private readonly ImmutableArray<PrimitiveType> types;

    private KeyColumns(ImmutableArray<string> paths, ImmutableArray<PrimitiveType> types) => (Paths, this.types) = (paths, types);

    /// <summary>Full names, as in <c>_kafka.key</c>.</summary>
    public ImmutableArray<string> Paths { get; }

    /// <exception cref="EngineException">
    /// <see cref="ErrorKind.Invalid"/>: no column, one twice, one that is unknown or of a type that is no key.
    /// </exception>
    public static KeyColumns Of(Schema schema, params ReadOnlySpan<string> paths)
    {
        if (paths.IsEmpty) throw new EngineException(ErrorKind.Invalid, "a key has at least one column");
        var types = ImmutableArray.CreateBuilder<PrimitiveType>();
        for (var i = 0; i < paths.Length; i++)
        {
            var path = paths[i];
            if (paths[..i].Contains(path)) throw new EngineException(ErrorKind.Invalid, $"key column {path} is named twice");
            var way = schema.FieldsTo(path);
            if (way.Count == 0) throw new EngineException(ErrorKind.Invalid, $"key column {path}: the table has no such column");
            if (way.SkipLast(1).Any(f => f.Type is not StructType))
                throw new EngineException(ErrorKind.Invalid, $"key column {path}: a key is one value of a row, not one of a list or map");
            if (way[^1].Type is not PrimitiveType type)
                throw new EngineException(ErrorKind.Invalid, $"key column {path}: a key is of a primitive type, not {way[^1].Type}");
            types.Add(type);
        }
        return new([.. paths], types.ToImmutable());
    }

    /// <summary>
    /// The key whose columns have these values, null or a text each: as single values in JSON are written, without quotes. Of a binary
    /// column, text stands for its UTF-8 and <c>0x…</c> for bytes. False with what is wrong.
    /// </summary>
    public bool TryParse(ReadOnlySpan<string?> texts, out byte[] key, out string? flaw)
    {
        key = [];
        flaw = null;
        if (texts.Length != types.Length)
        {
            flaw = $"the key has {types.Length} columns ({string.Join(", ", Paths)}), not {texts.Length}";
            return false;
        }
        var bytes = new List<byte>();
        Span<byte> prefix = stackalloc byte[KeyReader.PrefixBytes];
        for (var i = 0; i < texts.Length; i++)
        {
            var value = texts[i] is { } text ? Parse(types[i], text) : null;
            if (value is null && texts[i] is not null)
            {
                flaw = $"key column {Paths[i]}: '{texts[i]}' is no {types[i]}";
                return false;
            }
            BinaryPrimitives.WriteInt32LittleEndian(prefix, value?.Length ?? KeyReader.Null);
            bytes.AddRange(prefix);
            if (value is not null) bytes.AddRange(value);
        }
        key = [.. bytes];
        return true;
    }

    /// <summary>
    /// The value of a binary column that a text stands for: its UTF-8, or the bytes that <c>0x…</c> names. Throws Invalid for what is
    /// neither.
    /// </summary>
    public static byte[] BytesOf(string text)
    {
        try
        {
            return text.StartsWith("0x", StringComparison.Ordinal) ? Convert.FromHexString(text.AsSpan(2)) : StrictUtf8.GetBytes(text);
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new EngineException(ErrorKind.Invalid, $"'{text}' is neither text nor 0x and hex", error);
        }
    }

    /// <summary>Parts of a key.</summary>
    internal int Count => types.Length;

    /// <summary>The keys of these rows, and of rows appended to their columns later.</summary>
    internal KeyReader Read(Batch batch) =>
        new([.. Enumerable.Range(0, Count).Select(i => Find(batch, i) is { } column ? new KeyPart(column) : default)]);

    /// <summary>A key column of the batch, if its schema has it.</summary>
    internal ColumnView? Find(Batch batch, int part)
    {
        IReadOnlyList<ColumnView> columns = batch.Columns;
        ColumnView? found = null;
        foreach (var field in batch.Schema.FieldsTo(Paths[part]))
        {
            found = columns.First(c => ReferenceEquals(c.Field, field));
            if (found.Layout == ColumnLayout.List) return null;
            columns = found.Children;
        }
        return found is { Layout: not ColumnLayout.Struct } ? found : null;
    }

    private static byte[]? Parse(PrimitiveType type, string text)
    {
        try
        {
            var raw = type.Kind switch
            {
                TypeKind.String => StrictUtf8.GetBytes(text),
                TypeKind.Binary => BytesOf(text),
                TypeKind.Boolean or TypeKind.Int or TypeKind.Long => FromJson(type, text),
                TypeKind.Float or TypeKind.Double when text is not ("NaN" or "Infinity" or "-Infinity") => FromJson(type, text),
                _ => FromJson(type, $"\"{JsonEncodedText.Encode(text)}\""),
            };
            var form = KeyPart.FormOf(type);
            var room = 0UL;
            return raw is null || form is KeyForm.Fixed or KeyForm.Bytes ? raw : KeyPart.Canonical(form, raw, ref room).ToArray();
        }
        catch (Exception error) when (error is JsonException or FormatException or ArgumentException or EngineException)
        {
            return null;
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private static byte[]? FromJson(PrimitiveType type, string json)
    {
        using var document = JsonDocument.Parse(json);
        return SingleValueJson.Read(type, document.RootElement);
    }
}
