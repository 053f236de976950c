namespace K2I.Iceberg;

/// <summary>What values a partition field takes in a manifest. Bounds are whole <see cref="SingleValue"/>s, null where every value is null or NaN.</summary>
public sealed record PartitionSummary(bool ContainsNull, bool? ContainsNan, byte[]? LowerBound, byte[]? UpperBound);
