using System.Text;
using System.Text.Unicode;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// JSON objects to rows, in one pass and without a document tree. The order of an object's keys is guessed from the last record's: a right
/// guess costs one comparison, a wrong one a look-up. The rules for every type stand in the module's README. One thread.
/// </summary>
/// <remarks>
/// A record is copied to padded memory first, so that no read needs a bounds check: a zero byte ends it, and every loop stops there. Strings with
/// escapes are unescaped in that copy. Parsing steps take a position and return the next, or null once an error is noted.
/// </remarks>
public sealed unsafe partial class JsonDecoder : IRecordDecoder
{
    private const int PaddingBytes = 128;

    private readonly JsonNode root;
    private readonly int[] columnOf;
    private readonly int maxDepth;
    private readonly int maxFields;
    private readonly int maxRecordBytes;
    private readonly bool strictStrings;
    private readonly UnknownFields unknownFields;
    private readonly bool caseSensitive;
    private readonly byte[] metadata;
    private readonly KeySet mapKeys = new();
    private byte[] scratch = [];
    private byte* start;
    private byte* end;
    private BatchBuilder? bound;
    private DecodeStatus status;
    private byte* errorAt;
    private JsonNode? errorNode;
    private byte* newFieldAt;
    private JsonNode? newFieldIn;

    /// <summary>The unknown field that was refused: its key, and the member that differs from it in case alone.</summary>
    private byte* unknownAt;
    private int unknownBytes;

    /// <summary>The member whose value comes is one that is passed over.</summary>
    private bool isDropped;
    private JsonNode? unknownVariant;

    /// <summary>Records decoded, which numbers them.</summary>
    private long records;

    public JsonDecoder(Schema schema, JsonDecoderOptions? options = null)
    {
        options ??= new();
        Schema = schema;
        Options = options;
        Check.That(options.MaxDepth is >= 1 and <= 1000);
        Check.That(options.MaxRecordBytes is >= 1 and <= 1 << 30);
        maxDepth = options.MaxDepth;
        maxFields = options.MaxFields;
        maxRecordBytes = options.MaxRecordBytes;
        strictStrings = options.StrictStrings;
        unknownFields = options.UnknownFields;
        caseSensitive = options.CaseSensitive;
        metadata = Encoding.UTF8.GetBytes(options.MetadataColumn ?? "");
        RefuseUnfit(schema);
        RefuseUnits(schema, options);
        root = new(null, null, schema.Struct, options);
        columnOf = [.. root.Children.Select(c => schema.Fields.IndexOf(c.Field!))];
    }

    public Schema Schema { get; }

    public JsonDecoderOptions Options { get; }

    public int IgnoredFields { get; private set; }

    /// <summary>
    /// Why the column at this dotted path can have no timestamp unit of its own; null where it can, also because it may be added later.
    /// </summary>
    public static string? UnitFlaw(Schema schema, string path, UnknownFields unknownFields) => schema.FindByPath(path)?.Type switch
    {
        null => unknownFields == UnknownFields.Evolve ? null : "there is no such column",
        { Kind: >= TypeKind.Time and <= TypeKind.TimestampTzNs } => null,
        var other => $"it is a {other}",
    };

    public DecodeStatus Decode(in RecordInput record, BatchBuilder row)
    {
        status = DecodeStatus.Ok;
        IgnoredFields = 0;
        errorAt = newFieldAt = null;
        records++;
        if (record.ValueIsNull) return Refuse(DecodeStatus.Tombstone);
        var value = record.Value;
        if (value.Length > scratch.Length - PaddingBytes && !MakeRoom(value.Length)) return Refuse(DecodeStatus.TooLarge);
        if (!ReferenceEquals(row, bound)) Bind(row);
        end = start + value.Length;
        bool ascii;
        fixed (byte* source = value) ascii = CopyKernel.Copy(source, start, value.Length);
        *(ulong*)end = 0;
        if (!ascii && !Utf8.IsValid(new ReadOnlySpan<byte>(start, value.Length)))
        {
            Fail(DecodeStatus.InvalidUtf8, start + Utf8Text.FirstInvalid(new(start, value.Length)), root);
            return status;
        }
        var p = start;
        if (*p <= ' ') p = Space(p);
        if (!ascii && p == start && Utf8Text.HasMark(value)) p = Space(p + Utf8Text.MarkBytes);
        p = *p == '{' ? Object(root, p + 1, row.Rows, 1) : Mismatch(root, p);
        if (p != null)
        {
            if (*p <= ' ') p = Space(p);
            if (p != end) Fail(DecodeStatus.InvalidJson, p, root);
            else if (newFieldAt != null && !Overflows(row)) ReportNewFields(value);
        }
        // A row that does not fit has builders out of step: whatever was found after that means nothing, and EndRow takes the row back.
        return status == DecodeStatus.Ok || Overflows(row) ? DecodeStatus.Ok : status;
    }

    /// <inheritdoc/>
    public IReadOnlyList<SchemaChange> Changes(IEnumerable<ReadOnlyMemory<byte>> values) =>
        SchemaInference.Missing(values, Schema, Options);

    private static bool Overflows(BatchBuilder row) => row.Overflow;

    private static byte* Space(byte* p)
    {
        while (*p is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') p++;
        return p;
    }

    private static void RefuseUnfit(Schema schema)
    {
        foreach (var field in schema.Fields) RefuseUnfit(field, field.Name);
    }

    private static void RefuseUnits(Schema schema, JsonDecoderOptions options)
    {
        foreach (var path in options.ColumnUnits.Keys)
            if (UnitFlaw(schema, path, options.UnknownFields) is { } flaw)
                throw new EngineException(ErrorKind.Invalid, $"a timestamp unit is given for column {path}: {flaw}");
    }

    private static void RefuseUnfit(Field field, string path)
    {
        if (field.Type is MapType { Key.Type.IsNested: true })
            throw new EngineException(ErrorKind.Unsupported, $"column {path}: JSON has no form for a map whose keys are {((MapType)field.Type).Key.Type}");
        foreach (var child in Schema.ChildrenOf(field.Type)) RefuseUnfit(child, path + "." + child.Name);
    }

    /// <summary>A field without a value to tell its type by adds nothing: the record is good without it.</summary>
    private void ReportNewFields(ReadOnlySpan<byte> value)
    {
        var missing = SchemaInference.Missing(value, Schema, Options);
        if (missing is null) Fail(DecodeStatus.TooManyFields, newFieldAt, newFieldIn);
        else if (missing.Count > 0) Fail(DecodeStatus.NewField, newFieldAt, newFieldIn);
    }

    private DecodeStatus Refuse(DecodeStatus why)
    {
        errorNode = root;
        return status = why;
    }

    /// <summary>Notes the error, unless one is noted already, and returns null.</summary>
    private byte* Fail(DecodeStatus why, byte* at, JsonNode? node)
    {
        if (status != DecodeStatus.Ok) return null;
        status = why;
        errorAt = at;
        errorNode = node;
        mapKeys.Clear();
        return null;
    }

    private bool MakeRoom(int bytes)
    {
        if (bytes > maxRecordBytes) return false;
        var room = (int)Math.Min(Math.Max(bytes * 2L, 4096), maxRecordBytes);
        scratch = GC.AllocateUninitializedArray<byte>(room + PaddingBytes, pinned: true);
        fixed (byte* pinned = scratch) start = pinned;
        return true;
    }

    private void Bind(BatchBuilder row)
    {
        Check.That(row.Schema.Equals(Schema));
        for (var i = 0; i < columnOf.Length; i++) root.Children[i].Bind(row.Column(columnOf[i]));
        bound = row;
    }
}
