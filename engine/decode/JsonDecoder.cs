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
    private readonly byte[] metadata;
    private readonly JsonKeySet mapKeys = new();
    private byte[] scratch = [];
    private byte* start;
    private byte* end;
    private BatchBuilder? bound;
    private DecodeStatus status;
    private byte* errorAt;
    private DecodeNode? errorNode;
    private byte* newFieldAt;
    private JsonNode? newFieldIn;

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
        metadata = Encoding.UTF8.GetBytes(options.MetadataColumn ?? "");
        RefuseUnfit(schema);
        RefuseUnits(schema, options.ColumnUnits.Keys);
        root = new(null, null, schema.Struct, options);
        columnOf = [.. root.Children.Select(c => schema.Fields.IndexOf(c.Field!))];
    }

    public Schema Schema { get; }

    public JsonDecoderOptions Options { get; }

    public DecodeError Error => new(status, errorAt == null ? 0 : (int)(errorAt - start), errorNode);

    public DecodeStatus Decode(in RecordInput record, BatchBuilder row)
    {
        status = DecodeStatus.Ok;
        errorAt = newFieldAt = null;
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
    public IReadOnlyList<NewField> NewFields(IEnumerable<ReadOnlyMemory<byte>> values) => SchemaInference.Missing(values, Schema, Options);

    private static bool Overflows(BatchBuilder row) => row.ColumnCount > 0 && row.Column(0).Overflow;

    private static byte* Space(byte* p)
    {
        while (*p is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t') p++;
        return p;
    }

    private static void RefuseUnfit(Schema schema)
    {
        foreach (var field in schema.Fields) RefuseUnfit(field, field.Name);
    }

    private static void RefuseUnits(Schema schema, IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (schema.FindByPath(path)?.Type.Kind is not (>= TypeKind.Time and <= TypeKind.TimestampTzNs))
                throw new EngineException(ErrorKind.Invalid, $"column {path}: a unit is given for it, but it is no time or timestamp column");
        }
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
    private byte* Fail(DecodeStatus why, byte* at, DecodeNode? node)
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
