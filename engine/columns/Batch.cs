using System.Collections.Immutable;

namespace K2I.Columns;

/// <summary>Rows as columns: one view per field of the schema, all of <see cref="Rows"/> values. A borrow, like its views.</summary>
public sealed record Batch(Schema Schema, int Rows, ImmutableArray<ColumnView> Columns);
