using System.Collections.Immutable;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>What the partition fields of a manifest's files amount to. Bounds are whole values: a cut one would lose rows.</summary>
internal sealed class PartitionSummaryBuilder(ImmutableArray<DataType?> types)
{
    private readonly PartitionSummary[] fields = [.. types.Select(_ => new PartitionSummary(false, false, null, null))];

    public void Add(PartitionTuple tuple)
    {
        for (var at = 0; at < types.Length; at++)
        {
            var field = fields[at];
            var value = tuple[at];
            if (value is null) fields[at] = field with { ContainsNull = true };
            else if (types[at] is not { } type) continue;
            else if (SingleValue.IsNaN(type, value)) fields[at] = field with { ContainsNan = true };
            else
            {
                fields[at] = field with
                {
                    LowerBound = field.LowerBound is null || SingleValue.Compare(type, value, field.LowerBound) < 0 ? value : field.LowerBound,
                    UpperBound = field.UpperBound is null || SingleValue.Compare(type, value, field.UpperBound) > 0 ? value : field.UpperBound,
                };
            }
        }
    }

    public ImmutableArray<PartitionSummary> Build() => [.. fields];
}
