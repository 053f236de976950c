using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// One field of the schema as the JSON decoder walks it: what it expects, the column builder it currently writes to, and, as a member of a
/// struct, its key's bytes and the member that followed it last time.
/// </summary>
internal sealed unsafe class JsonNode : DecodeNode
{
    private Vector128<byte> keyHead, keyMask, keyTail;

    internal JsonNode(Field? field, JsonNode? parent, DataType type, JsonDecoderOptions options) : base(field, parent)
    {
        if (field is not null) SetKey(options.FieldNames.GetValueOrDefault(field.Id, field.Name));
        Type = type;
        Kind = type.Kind;
        Reader = JsonDecoder.ReaderOf(Kind);
        Required = field?.Required ?? true;
        Default = field is null ? null : DefaultValue.Of(field);
        Children = type switch
        {
            StructType s => [.. s.Fields.Where(f => parent is not null || field is not null || f.Name != options.MetadataColumn).Select(f => new JsonNode(f, this, f.Type, options))],
            ListType l => [new JsonNode(l.Element, this, l.Element.Type, options)],
            MapType m => [new JsonNode(m.Key, this, m.Key.Type, options), new JsonNode(m.Value, this, m.Value.Type, options)],
            _ => [],
        };
        if (type is PrimitiveType primitive)
        {
            Scale = primitive.Scale;
            if (Kind == TypeKind.Decimal) Limit = Digits.LargePower(primitive.Precision);
            IsUnscaled = Kind == TypeKind.Decimal && options.UnscaledDecimals.Contains(Path());
        }
        if (Kind is TypeKind.Time or TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs)
        {
            var unit = options.UnitOf(Path(), MemberName());
            Scale = (Kind is TypeKind.TimestampNs or TypeKind.TimestampTzNs ? 9 : 6) - (int)unit;
            Factor = (long)Digits.Power(Math.Abs(Scale));
        }
        Memory.Minute = Vector128<byte>.AllBitsSet;
        if (Kind != TypeKind.Struct) return;
        Keys = new KeyTable(Children);
        var within = field is null ? "" : Path() + ".";
        Dropped = [.. options.Dropped.Where(d => d.StartsWith(within, StringComparison.Ordinal))
            .Select(d => Encoding.UTF8.GetBytes(d[within.Length..]))];
        Forget();
    }

    internal DataType Type { get; }

    internal readonly TypeKind Kind;
    internal readonly bool Required;

    /// <summary>What a record without the field gets; null for none.</summary>
    internal readonly DefaultValue? Default;

    /// <summary>Reads a value at a position, at a depth; returns the next position, or null.</summary>
    internal readonly delegate*<JsonDecoder, JsonNode, byte*, int, byte*> Reader;

    /// <summary>A struct's fields; a list's element; a map's key and value.</summary>
    internal readonly JsonNode[] Children;

    /// <summary>A struct's fields by name.</summary>
    internal readonly KeyTable? Keys;

    /// <summary>Of a struct: members that are passed over.</summary>
    internal readonly byte[][] Dropped = [];

    /// <summary>A decimal's scale. For times: digits to shift a number left by (right where negative) to reach the column's unit.</summary>
    internal readonly int Scale;

    /// <summary>For times: ten to the absolute <see cref="Scale"/>.</summary>
    internal readonly long Factor;

    /// <summary>A decimal's first unscaled value that is too large.</summary>
    internal readonly Int128 Limit;

    /// <summary>A decimal whose strings are base64 of its unscaled value.</summary>
    internal readonly bool IsUnscaled;

    /// <summary>The builder of the batch being written.</summary>
    internal ColumnBuilder Column = null!;

    /// <summary>A map's builder of key-value pairs.</summary>
    internal ColumnBuilder Entries = null!;

    /// <summary>A struct: the member that came first last time. Null for no guess.</summary>
    internal JsonNode? First;

    /// <summary>The member that followed this one last time. Null for no guess.</summary>
    internal JsonNode? Next;

    internal DateTimeText.Memory Memory;

    /// <summary>The last record, by number, that had the field in another case, and where that key is.</summary>
    internal long VariantIn;
    internal byte* VariantAt;
    internal int VariantBytes;

    /// <summary>It was told that a record has the field in another case.</summary>
    internal bool IsToldOfCase;

    /// <summary>What records call it, as UTF-8.</summary>
    internal byte[] Name { get; private set; } = [];

    /// <summary>Bytes of <c>"name":</c>; 0 where the name cannot be guessed so.</summary>
    internal int KeyBytes { get; private set; }

    /// <summary>True when <c>"name":</c> stands at <paramref name="p"/>, which must have 32 readable bytes. Only where <see cref="KeyBytes"/> is not 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsAt(byte* p)
    {
        if (((Vector128.Load(p) ^ keyHead) & keyMask) != Vector128<byte>.Zero) return false;
        return KeyBytes <= 16 || Vector128.Load(p + KeyBytes - 16) == keyTail;
    }

    /// <summary>Points the node and all below it to the builders of another batch.</summary>
    internal void Bind(ColumnBuilder column)
    {
        Column = column;
        if (Kind == TypeKind.List) Children[0].Bind(column.Child(0));
        else if (Kind == TypeKind.Map) Entries = column.Child(0);
        if (Kind is not TypeKind.Map and not TypeKind.Struct) return;
        for (var i = 0; i < Children.Length; i++) Children[i].Bind((Kind == TypeKind.Map ? Entries : column).Child(i));
    }

    /// <summary>The guess before any record was seen: the order of the schema.</summary>
    private void Forget()
    {
        var known = Array.FindAll(Children, c => c.KeyBytes != 0);
        First = known.Length > 0 ? known[0] : null;
        for (var i = 0; i + 1 < known.Length; i++) known[i].Next = known[i + 1];
    }

    private void SetKey(string? name)
    {
        // Half a character: no key of a record is that.
        Name = name is null ? [0xFF] : Encoding.UTF8.GetBytes(name);
        if (name is null) return;
        if (Name.Length + 3 > 32 || StringNeedsEscape(Name)) return;
        KeyBytes = Name.Length + 3;
        Guess(Name);
    }

    /// <summary>The key is expected in this spelling from now on; it differs from the name in case at most.</summary>
    internal void Guess(ReadOnlySpan<byte> spelling)
    {
        if (KeyBytes == 0) return;
        Span<byte> key = stackalloc byte[32], mask = stackalloc byte[16];
        key.Clear();
        mask.Clear();
        key[0] = (byte)'"';
        spelling.CopyTo(key[1..]);
        "\":"u8.CopyTo(key[(1 + spelling.Length)..]);
        mask[..Math.Min(16, KeyBytes)].Fill(0xFF);
        keyHead = Vector128.Create<byte>(key[..16]);
        keyMask = Vector128.Create<byte>(mask);
        if (KeyBytes > 16) keyTail = Vector128.Create<byte>(key[(KeyBytes - 16)..KeyBytes]);
    }

    /// <summary>The name that records have for it: elements and values go by that of their list or map.</summary>
    private string MemberName() => Parent is JsonNode { Kind: TypeKind.List or TypeKind.Map } whole ? whole.MemberName()
        : Encoding.UTF8.GetString(Name);

    private static bool StringNeedsEscape(ReadOnlySpan<byte> name)
    {
        foreach (var c in name)
            if (c is (byte)'"' or (byte)'\\' or < 0x20) return true;
        return false;
    }
}
