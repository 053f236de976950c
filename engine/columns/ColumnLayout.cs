namespace K2I.Columns;

/// <summary>How a column lies in memory (Arrow columnar format, "Physical memory layout").</summary>
public enum ColumnLayout
{
    /// <summary>Booleans, one bit each, least significant first.</summary>
    Bits,

    /// <summary>Little-endian values of <see cref="ColumnView.Width"/> bytes, one after another.</summary>
    Fixed,

    /// <summary>n + 1 int32 offsets into a buffer of bytes.</summary>
    Bytes,

    /// <summary>Children of the same length.</summary>
    Struct,

    /// <summary>n + 1 int32 offsets into one child; a map's child is a struct of key and value.</summary>
    List,
}
