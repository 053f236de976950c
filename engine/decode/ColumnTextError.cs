using System.Globalization;

namespace K2I.Decode;

/// <summary>What is wrong with a column declaration, and at which character, counted from 0.</summary>
public readonly record struct ColumnTextError(int Position, string Message)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Message} (character {Position + 1})");
}
