using System.Buffers.Binary;
using System.Globalization;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// One JSON value as a variant: taken token by token in the order of the text, then measured, then written into a column in one go.
/// The dictionary is sorted, and of numbers, offsets and ids each takes as few bytes as it can. One thread; no allocation but to grow
/// to the largest value.
/// </summary>
/// <remarks>
/// Numbers are what Spark's <c>parse_json</c> makes of them: without fraction an integer of 1 to 8 bytes, else a decimal of up to 38
/// digits with the text's scale; with an exponent, or more digits, a double. Source: parquet-format, VariantEncoding.md.
/// </remarks>
internal sealed unsafe class VariantEncoder
{
    internal const byte Null = 0, True = 1 << 2, False = 2 << 2;

    private const byte Int8 = 3 << 2, Int16 = 4 << 2, Int32 = 5 << 2, Int64 = 6 << 2, Double = 7 << 2;
    private const byte Decimal4 = 8 << 2, Decimal8 = 9 << 2, Decimal16 = 10 << 2, LongText = 16 << 2;
    private const int ShortText = 1, ObjectType = 2, ArrayType = 3, MostShortText = 63, MostSmallCount = 255;

    private static readonly Int128 Limit4 = Digits.LargePower(9), Limit8 = Digits.LargePower(18);

    private readonly VariantNames names = new();
    private VariantToken[] tokens = new VariantToken[64];
    private int count;

    // Ids and places of the members of the objects being written, those of an inner one behind its outer's.
    private long[] members = new long[32];
    private int memberCount;

    internal void Clear()
    {
        count = memberCount = 0;
        names.Clear();
    }

    /// <summary>Begins an object or array. Returns what ends it.</summary>
    internal int Begin(bool isObject)
    {
        Add(isObject ? VariantKind.Object : VariantKind.Array);
        return count - 1;
    }

    internal void End(int begun, int values) => tokens[begun].Count = values;

    internal void Name(ReadOnlySpan<byte> text, byte* at)
    {
        ref var token = ref Add(VariantKind.Name);
        token.Count = names.Add(text, at);
    }

    internal void Constant(byte header)
    {
        ref var token = ref Add(VariantKind.Constant);
        (token.Header, token.Size) = (header, 1);
    }

    internal void Text(ReadOnlySpan<byte> text, byte* at)
    {
        ref var token = ref Add(VariantKind.Text);
        token.Text = at;
        token.TextBytes = text.Length;
        var isShort = text.Length <= MostShortText;
        token.Header = isShort ? (byte)((text.Length << 2) | ShortText) : LongText;
        token.Size = 1 + (isShort ? 0 : sizeof(int)) + text.Length;
    }

    /// <summary>False if it is beyond a double.</summary>
    internal bool Number(in JsonNumber number, ReadOnlySpan<byte> text)
    {
        ref var token = ref Add(VariantKind.Number);
        var point = text.IndexOf((byte)'.');
        var scale = point < 0 ? 0 : text.Length - point - 1;
        if (scale <= PrimitiveType.MaxPrecision && !text.ContainsAny((byte)'e', (byte)'E')
            && number.Scaled(scale, floor: false, out token.Number) == DecodeStatus.Ok)
        {
            if (point < 0 && token.Number >= long.MinValue && token.Number <= long.MaxValue) Whole(ref token, (long)token.Number);
            else Decimal(ref token, scale);
            return true;
        }
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) || !double.IsFinite(real)) return false;
        (token.Header, token.Size, token.Number) = (Double, 1 + sizeof(double), BitConverter.DoubleToInt64Bits(real));
        return true;
    }

    /// <summary>
    /// Appends the value that was taken to a variant's column. DuplicateKey, TooLarge or Ok; the column may have overflowed as any.
    /// </summary>
    internal DecodeStatus AppendTo(ColumnBuilder column)
    {
        names.Rank();
        var at = 0;
        var size = Measure(ref at);
        if (size > int.MaxValue || names.Size > int.MaxValue) return DecodeStatus.TooLarge;
        var (metadata, value) = (column.Child(0), column.Child(1));
        var to = metadata.BeginBytes((int)names.Size);
        if (to.IsEmpty) return DecodeStatus.Ok;
        names.Write(to);
        metadata.EndBytes((int)names.Size);
        to = value.BeginBytes((int)size);
        if (to.IsEmpty) return DecodeStatus.Ok;
        at = 0;
        if (!Write(ref at, to)) return DecodeStatus.DuplicateKey;
        value.EndBytes((int)size);
        column.EndStruct();
        return DecodeStatus.Ok;
    }

    /// <summary>The least bytes that hold a number of 0 and more: 1 to 4.</summary>
    internal static int BytesOf(long number) => number <= 0xFF ? 1 : number <= 0xFFFF ? 2 : number <= 0xFFFFFF ? 3 : 4;

    /// <summary>Writes the lowest bytes of a number, the lowest first.</summary>
    internal static void Put(Span<byte> to, int number, int bytes)
    {
        for (var i = 0; i < bytes; i++) to[i] = (byte)(number >> (8 * i));
    }

    private ref VariantToken Add(VariantKind kind)
    {
        if (count == tokens.Length) Array.Resize(ref tokens, count * 2);
        ref var token = ref tokens[count++];
        token = new() { Kind = kind };
        return ref token;
    }

    private static void Whole(ref VariantToken token, long number) => (token.Header, token.Size) =
        number == (sbyte)number ? (Int8, 1 + sizeof(sbyte))
        : number == (short)number ? (Int16, 1 + sizeof(short))
        : number == (int)number ? (Int32, 1 + sizeof(int))
        : (Int64, 1 + sizeof(long));

    private static void Decimal(ref VariantToken token, int scale)
    {
        var magnitude = Int128.Abs(token.Number);
        (token.Kind, token.Scale) = (VariantKind.Decimal, (byte)scale);
        (token.Header, token.Size) = magnitude < Limit4 && scale <= 9 ? (Decimal4, 2 + sizeof(int))
            : magnitude < Limit8 && scale <= 18 ? (Decimal8, 2 + sizeof(long))
            : (Decimal16, 2 + 16);
    }

    /// <summary>Sizes of the value at a token and of all in it; goes on to the next.</summary>
    private long Measure(ref int at)
    {
        var mine = at++;
        if (tokens[mine].Kind < VariantKind.Array) return tokens[mine].Size;
        long data = 0;
        var isObject = tokens[mine].Kind == VariantKind.Object;
        var highest = 0;
        for (var i = tokens[mine].Count; i > 0; i--)
        {
            if (isObject)
            {
                ref var name = ref tokens[at++];
                name.Count = names.RankOf(name.Count);
                highest = Math.Max(highest, name.Count);
            }
            data += Measure(ref at);
        }
        ref var token = ref tokens[mine];
        (token.OffsetBytes, token.IdBytes) = ((byte)BytesOf(data), (byte)(isObject ? BytesOf(highest) : 0));
        var size = HeaderBytes(token) + data;
        token.Size = (int)Math.Min(size, int.MaxValue);
        return size;
    }

    /// <summary>All that stands before an object's or array's values.</summary>
    private static long HeaderBytes(in VariantToken token) =>
        1 + CountBytes(token) + ((long)token.Count * (token.IdBytes + token.OffsetBytes)) + token.OffsetBytes;

    private static int CountBytes(in VariantToken token) => token.Count > MostSmallCount ? sizeof(int) : 1;

    /// <summary>
    /// Writes the value at a token, into as many bytes as it was measured to have; goes on to the next. False for a name that is there
    /// twice.
    /// </summary>
    private bool Write(ref int at, Span<byte> to)
    {
        ref readonly var token = ref tokens[at++];
        switch (token.Kind)
        {
            case VariantKind.Object:
                return WriteObject(token, ref at, to);
            case VariantKind.Array:
                return WriteArray(token, ref at, to);
            case VariantKind.Text:
                to[0] = token.Header;
                if (token.Header == LongText) BinaryPrimitives.WriteInt32LittleEndian(to[1..], token.TextBytes);
                new ReadOnlySpan<byte>(token.Text, token.TextBytes).CopyTo(to[(token.Size - token.TextBytes)..]);
                return true;
            default:
                var from = token.Kind == VariantKind.Decimal ? 2 : 1;
                to[0] = token.Header;
                if (from == 2) to[1] = token.Scale;
                for (var i = from; i < token.Size; i++) to[i] = (byte)(token.Number >> (8 * (i - from)));
                return true;
        }
    }

    private bool WriteArray(in VariantToken token, ref int at, Span<byte> to)
    {
        var isLarge = token.Count > MostSmallCount;
        to[0] = (byte)((((isLarge ? 1 << 2 : 0) | (token.OffsetBytes - 1)) << 2) | ArrayType);
        var head = 1 + CountBytes(token);
        Put(to[1..], token.Count, head - 1);
        var values = to[(int)HeaderBytes(token)..];
        var offset = 0;
        for (var i = 0; i < token.Count; i++)
        {
            Put(to[(head + (i * token.OffsetBytes))..], offset, token.OffsetBytes);
            var size = tokens[at].Size;
            if (!Write(ref at, values.Slice(offset, size))) return false;
            offset += size;
        }
        Put(to[(head + (token.Count * token.OffsetBytes))..], offset, token.OffsetBytes);
        return true;
    }

    /// <summary>Values in the order of the text; ids and offsets in that of the names.</summary>
    private bool WriteObject(in VariantToken token, ref int at, Span<byte> to)
    {
        var isLarge = token.Count > MostSmallCount;
        to[0] = (byte)((((isLarge ? 1 << 4 : 0) | ((token.IdBytes - 1) << 2) | (token.OffsetBytes - 1)) << 2) | ObjectType);
        var head = 1 + CountBytes(token);
        Put(to[1..], token.Count, head - 1);
        var values = to[(int)HeaderBytes(token)..];
        var offset = 0;
        var first = memberCount;
        memberCount += token.Count;
        if (memberCount > members.Length) Array.Resize(ref members, Math.Max(memberCount, members.Length * 2));
        for (var i = 0; i < token.Count; i++)
        {
            members[first + i] = ((long)tokens[at++].Count << 32) | (uint)offset;
            var size = tokens[at].Size;
            if (!Write(ref at, values.Slice(offset, size))) return false;
            offset += size;
        }
        Array.Sort(members, first, token.Count);
        var places = to[(head + (token.Count * token.IdBytes))..];
        for (var i = 0; i < token.Count; i++)
        {
            var member = members[first + i];
            if (i > 0 && member >> 32 == members[first + i - 1] >> 32) return false;
            Put(to[(head + (i * token.IdBytes))..], (int)(member >> 32), token.IdBytes);
            Put(places[(i * token.OffsetBytes)..], (int)member, token.OffsetBytes);
        }
        Put(places[(token.Count * token.OffsetBytes)..], offset, token.OffsetBytes);
        memberCount = first;
        return true;
    }
}
