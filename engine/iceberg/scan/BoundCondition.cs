using System.Collections.Immutable;

using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>A filter's shape without negations: those have gone into its predicates. Either one predicate, or parts of which all, or any, must be met.</summary>
public sealed class BoundCondition
{
    private BoundCondition(BoundPredicate? predicate, bool isAny, ImmutableArray<BoundCondition> parts) => (Predicate, IsAny, Parts) = (predicate, isAny, parts);

    /// <summary>The one predicate; null where there are <see cref="Parts"/>.</summary>
    public BoundPredicate? Predicate { get; }

    /// <summary>One of the parts is enough.</summary>
    public bool IsAny { get; }

    public ImmutableArray<BoundCondition> Parts { get; }

    /// <summary>Conditions that must all be met, in the order of the filter.</summary>
    internal ImmutableArray<BoundCondition> Factors => Predicate is null && !IsAny ? Parts : [this];

    public IEnumerable<BoundPredicate> Predicates => Predicate is { } one ? [one] : Parts.SelectMany(p => p.Predicates);

    internal static BoundCondition Of(ScanFilter filter, Schema schema, bool negated, bool nullsToo) => filter switch
    {
        ScanFilter.Not not => Of(not.Part, schema, !negated, nullsToo),
        ScanFilter.All all => new(null, negated, [.. all.Parts.Select(p => Of(p, schema, negated, nullsToo))]),
        ScanFilter.Any any => new(null, !negated, [.. any.Parts.Select(p => Of(p, schema, negated, nullsToo))]),
        ScanFilter.Is one => new(new BoundPredicate(one.Predicate, schema, negated, nullsToo), false, []),
        _ => throw new InvalidOperationException(filter.GetType().Name),
    };

    /// <summary>Whether the whole can be met, going by what each predicate can be.</summary>
    internal bool Holds(Func<BoundPredicate, bool> can)
    {
        if (Predicate is { } one) return can(one);
        foreach (var part in Parts)
            if (part.Holds(can) == IsAny) return IsAny;
        return !IsAny;
    }
}
