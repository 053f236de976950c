namespace K2I.Iceberg;

/// <summary>One part of a partition tuple: the source column (by field id), the transform, and the part's own id (from 1000) and name.</summary>
public sealed record PartitionField(int SourceId, int FieldId, string Name, Transform Transform);
