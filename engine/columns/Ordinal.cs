using System.Globalization;

namespace K2I.Columns;

/// <summary>Names a row of a batch or a segment by its place there, from 0 on.</summary>
public readonly record struct Ordinal(int Value)
{
    /// <summary>The decimal number.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
