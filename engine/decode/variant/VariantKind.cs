namespace K2I.Decode;

/// <summary>What a <see cref="VariantToken"/> is, as far as it is written differently.</summary>
internal enum VariantKind : byte
{
    /// <summary>Of an object's member; the member's value is the next token.</summary>
    Name,

    /// <summary>A header and nothing else: null, true, false.</summary>
    Constant,
    Number,
    Decimal,
    Text,
    Array,
    Object,
}
