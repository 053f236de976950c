using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A column that no field has: its default, or null.</summary>
internal sealed class RowFill(Field column, ImmutableArray<int> place) : RowChange(column, place)
{
    private readonly DefaultValue? known = DefaultValue.Of(column);

    internal override bool TryApply()
    {
        if (known is null) return Null();
        known.AppendTo(Into);
        return true;
    }
}
