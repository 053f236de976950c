namespace K2I.Decode;

/// <summary>Sorts of JSON values, as far as the choice of a column's type needs them: those seen at one place, together.</summary>
[Flags]
internal enum ValueSorts
{
    None = 0,

    Boolean = 1,

    /// <summary>Whole numbers up to 2^53 either way: a double holds each of them.</summary>
    Whole = 2,

    /// <summary>Whole numbers beyond that, of 64 bits.</summary>
    LargeWhole = 4,

    /// <summary>Whole numbers beyond that, of at most 38 digits.</summary>
    HugeWhole = 8,

    /// <summary>Numbers with a point or an exponent, of which a double gives back every digit.</summary>
    Real = 16,

    /// <summary>Any other number.</summary>
    OtherNumber = 32,

    /// <summary>Text that is a date.</summary>
    Date = 64,

    /// <summary>Text that is a date and a time without a zone.</summary>
    LocalTime = 128,

    /// <summary>Text that is a date and a time with a zone.</summary>
    ZonedTime = 256,

    /// <summary>Any other text.</summary>
    Text = 512,
}
