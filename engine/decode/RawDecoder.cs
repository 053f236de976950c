using System.Text.Unicode;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Keeps key and value as they are, in the columns <c>key</c> and <c>value</c>, each binary or string by its column's type. A table may have only
/// one of them; other columns get their default, or null. One thread.
/// </summary>
public sealed class RawDecoder : IRecordDecoder
{
    private sealed class Node(Field field, int index) : DecodeNode(field, null)
    {
        internal int Index => index;

        internal bool IsString => Field!.Type.Kind == TypeKind.String;
    }

    private readonly Node? key;
    private readonly Node? value;
    private readonly (int Index, DefaultValue? Default)[] others;
    private readonly int maxRecordBytes;

    /// <summary>A decoder into <paramref name="schema"/>; throws where neither column fits. <paramref name="metadataColumn"/> is left to its own writer.</summary>
    public RawDecoder(Schema schema, string? metadataColumn = KafkaColumn.Name, int maxRecordBytes = JsonDecoderOptions.DefaultMaxRecordBytes)
    {
        Schema = schema;
        this.maxRecordBytes = maxRecordBytes;
        List<(int, DefaultValue?)> rest = [];
        for (var i = 0; i < schema.Fields.Length; i++)
        {
            var field = schema.Fields[i];
            if (field.Name == metadataColumn) continue;
            var fits = field.Type.Kind is TypeKind.String or TypeKind.Binary;
            if (fits && field.Name == "key") key = new(field, i);
            else if (fits && field.Name == "value") value = new(field, i);
            else if (DefaultValue.Of(field) is var known && (known is not null || !field.Required)) rest.Add((i, known));
            else throw new EngineException(ErrorKind.Invalid, $"column {field.Name}: required, but format raw fills only key and value (string or binary)");
        }
        if (key is null && value is null)
            throw new EngineException(ErrorKind.Invalid, "format raw needs a column named key or value, of type string or binary");
        others = [.. rest];
    }

    public Schema Schema { get; }

    public DecodeError Error { get; private set; }

    /// <summary>None: raw records have no fields.</summary>
    public int IgnoredFields => 0;

    /// <summary>The columns of a raw table, ids counted up from <paramref name="firstId"/>.</summary>
    public static Field[] Fields(int firstId, RawForm keyForm, RawForm valueForm) =>
    [
        new Field(firstId, "key", TypeOf(keyForm), false),
        new Field(firstId + 1, "value", TypeOf(valueForm), false),
    ];

    public DecodeStatus Decode(in RecordInput record, BatchBuilder row)
    {
        if (record.ValueIsNull) return Fail(DecodeStatus.Tombstone, 0, null);
        if ((long)record.Value.Length + record.Key.Length > maxRecordBytes) return Fail(DecodeStatus.TooLarge, maxRecordBytes, null);
        if (key is not null && Append(key, record.Key, record.KeyIsNull, row) is not DecodeStatus.Ok and var badKey) return badKey;
        if (value is not null && Append(value, record.Value, false, row) is not DecodeStatus.Ok and var badValue) return badValue;
        foreach (var (index, known) in others)
        {
            if (known is null) row.Column(index).AppendNull();
            else known.AppendTo(row.Column(index));
        }
        return DecodeStatus.Ok;
    }

    /// <summary>None: raw records have no fields.</summary>
    public IReadOnlyList<SchemaChange> Changes(IEnumerable<ReadOnlyMemory<byte>> values) => [];

    private static PrimitiveType TypeOf(RawForm form) => form == RawForm.String ? PrimitiveType.String : PrimitiveType.Binary;

    private DecodeStatus Append(Node node, ReadOnlySpan<byte> bytes, bool isNull, BatchBuilder row)
    {
        if (isNull)
        {
            if (node.Field!.Required) return Fail(DecodeStatus.MissingRequired, 0, node);
            row.Column(node.Index).AppendNull();
            return DecodeStatus.Ok;
        }
        if (node.IsString && !Utf8.IsValid(bytes)) return Fail(DecodeStatus.InvalidUtf8, Utf8Text.FirstInvalid(bytes), node);
        row.Column(node.Index).AppendBytes(bytes);
        return DecodeStatus.Ok;
    }

    private DecodeStatus Fail(DecodeStatus status, int position, DecodeNode? node)
    {
        Error = new(status, position, node);
        return status;
    }
}
