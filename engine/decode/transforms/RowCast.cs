using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A column of another type than its field.</summary>
/// <param name="Column">The column, by the field's full name.</param>
/// <param name="Place">Where it is in the table.</param>
/// <param name="Names">The field's full name.</param>
/// <param name="Field">The field, as the record has it.</param>
internal sealed record RowCast(Field Column, ImmutableArray<int> Place, string[] Names, Field Field)
{
    internal DecodeNode Node { get; } = new RowChange.ColumnNode(Column);
}
