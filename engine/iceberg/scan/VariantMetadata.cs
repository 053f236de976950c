using K2I.Base;

namespace K2I.Iceberg;

/// <summary>The names that a variant's objects use: a borrow of its bytes. Errors: Corrupt.</summary>
internal readonly ref struct VariantMetadata
{
    private readonly ReadOnlySpan<byte> offsets, texts;
    private readonly int width;
    private readonly long count;

    private VariantMetadata(ReadOnlySpan<byte> offsets, ReadOnlySpan<byte> texts, int width, long count)
    {
        this.offsets = offsets;
        this.texts = texts;
        this.width = width;
        this.count = count;
    }

    /// <summary>Takes bytes for metadata of version 1; names are checked when they are asked for.</summary>
    internal static VariantMetadata Read(ReadOnlySpan<byte> bytes)
    {
        Unless(!bytes.IsEmpty);
        if (bytes[0] % 16 is not 1 and var version)
            throw new EngineException(ErrorKind.Unsupported, $"a variant is encoded in version {version}, which this build does not know");
        var width = (bytes[0] >> 6) + 1;
        Unless(bytes.Length > width);
        var count = Number(bytes[1..], width);
        var texts = 1 + ((count + 2) * width);
        Unless(texts <= bytes.Length);
        return new(bytes[(1 + width)..], bytes[(int)texts..], width, count);
    }

    /// <summary>The name of an id.</summary>
    internal ReadOnlySpan<byte> Name(long id)
    {
        Unless(id < count);
        var (from, to) = (Number(offsets[((int)id * width)..], width), Number(offsets[((int)(id + 1) * width)..], width));
        Unless(from <= to && to <= texts.Length);
        var name = texts[(int)from..(int)to];
        Unless(System.Text.Unicode.Utf8.IsValid(name));
        return name;
    }

    /// <summary>A number of 1 to 4 bytes, the lowest first.</summary>
    internal static long Number(ReadOnlySpan<byte> bytes, int width)
    {
        Unless(bytes.Length >= width);
        long number = 0;
        for (var i = width - 1; i >= 0; i--) number = (number << 8) | bytes[i];
        return number;
    }

    internal static void Unless(bool condition)
    {
        if (!condition) throw new EngineException(ErrorKind.Corrupt, "the bytes of a variant are damaged");
    }
}
