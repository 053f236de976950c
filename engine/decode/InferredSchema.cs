using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>What <see cref="SchemaInference"/> found. <paramref name="Refused"/> counts the samples that are no JSON objects.</summary>
/// <param name="Schema">Optional fields in the order first seen, ids from 1.</param>
/// <param name="Records">Samples that were used.</param>
/// <param name="Refused">Samples that were not.</param>
/// <param name="Conflicts">
/// Paths whose values no type but string takes, or takes without loss; those fields became strings, which keep other values as JSON text.
/// </param>
/// <param name="LeftOut">Members that are no columns, and why: the rule of <see cref="ColumnNames"/>, applied in the order first seen.</param>
/// <param name="HasUnseen">There were so many members (<see cref="SchemaInference.MaxSeen"/>) that later ones were not looked at.</param>
public sealed record InferredSchema(
    Schema Schema, int Records, int Refused, ImmutableArray<string> Conflicts, ImmutableArray<NameClash> LeftOut, bool HasUnseen)
{
    /// <summary>The line to paste into a table's section of the config file.</summary>
    public string ToConfigLine() => "columns = " + ColumnText.Format(Schema.Fields);
}
