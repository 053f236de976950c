namespace K2I.Parquet;

/// <summary>One column that the rows of each row group are sorted by. The writer records the claim; that it holds is its caller's promise.</summary>
public readonly record struct SortingColumn(int FieldId, bool Descending, bool NullsFirst);
