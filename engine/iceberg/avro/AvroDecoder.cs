using System.Buffers.Binary;
using System.Text;

using K2I.Avro;
using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Avro's binary encoding, read from untrusted bytes: every length is checked against what is left; nesting is bounded. Values as <see cref="AvroEncoder"/> takes them.</summary>
internal ref struct AvroDecoder(ReadOnlySpan<byte> bytes, string what)
{
    private const int MaxDepth = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> bytes = bytes;
    private readonly string what = what;
    private int at;

    /// <summary>Collection items that may still be made, so that items of no bytes cannot fill the memory.</summary>
    private long items = 16 + (8L * bytes.Length);

    public readonly int Position => at;

    public readonly int Left => bytes.Length - at;

    public long Long()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= bytes.Length) throw Bad("ends within a number");
            var part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return (long)(value >> 1) ^ -(long)(value & 1);
        }
        throw Bad("a number of more than 64 bits");
    }

    public int Int()
    {
        var value = Long();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Bad($"{value} where 32 bits are expected");
    }

    public ReadOnlySpan<byte> Raw(long length)
    {
        if (length < 0 || length > Left) throw Bad($"a value of {length} bytes where {Left} are left");
        var span = bytes.Slice(at, (int)length);
        at += (int)length;
        return span;
    }

    public ReadOnlySpan<byte> Bytes() => Raw(Long());

    public string String()
    {
        try
        {
            return StrictUtf8.GetString(Bytes());
        }
        catch (DecoderFallbackException)
        {
            throw Bad("a string that is not UTF-8");
        }
    }

    public object? Value(AvroType type, int depth = 0)
    {
        if (depth > MaxDepth) throw Bad("nesting is too deep");
        switch (type.Kind)
        {
            case AvroKind.Null:
                return null;
            case AvroKind.Boolean:
                return Raw(1)[0] != 0;
            case AvroKind.Int:
                return Int();
            case AvroKind.Long:
                return Long();
            case AvroKind.Float:
                return BinaryPrimitives.ReadSingleLittleEndian(Raw(4));
            case AvroKind.Double:
                return BinaryPrimitives.ReadDoubleLittleEndian(Raw(8));
            case AvroKind.Bytes:
                return Bytes().ToArray();
            case AvroKind.String:
                return String();
            case AvroKind.Fixed:
                return Raw(type.Size).ToArray();
            case AvroKind.Enum:
                var symbol = Int();
                return symbol >= 0 && symbol < type.Symbols.Length ? type.Symbols[symbol] : throw Bad($"enum symbol {symbol}");
            case AvroKind.Union:
                var branch = Int();
                return branch >= 0 && branch < type.Branches.Length ? Value(type.Branches[branch], depth + 1) : throw Bad($"union branch {branch}");
            case AvroKind.Record:
                var values = new object?[type.Fields.Length];
                for (var at = 0; at < values.Length; at++) values[at] = Value(type.Fields[at].Type, depth + 1);
                return values;
            case AvroKind.Array:
                var items = new List<object?>();
                for (var count = Block(); count > 0; count = Block())
                    for (var at = 0L; at < count; at++) items.Add(Value(type.Element!, depth + 1));
                return items;
            default:
                var map = new Dictionary<string, object?>(StringComparer.Ordinal);
                for (var count = Block(); count > 0; count = Block())
                    for (var at = 0L; at < count; at++) map[String()] = Value(type.Element!, depth + 1);
                return map;
        }
    }

    /// <summary>How many items follow; a negative count is followed by their bytes' length.</summary>
    public long Block()
    {
        var count = Long();
        if (count < 0)
        {
            _ = Long();
            count = count == long.MinValue ? throw Bad("a block count out of range") : -count;
        }
        if (count > items) throw Bad($"{count} items, more than the file can hold");
        items -= count;
        return count;
    }

    public readonly EngineException Bad(string problem) => new(ErrorKind.Corrupt, $"{what}: {problem}");
}
