using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>A condition on one column: <paramref name="Values"/> as text, in the forms that rows are printed in; none, one, or for in-lists several.</summary>
public sealed record ScanPredicate(string Column, ScanOperator Operator, ImmutableArray<string> Values);
