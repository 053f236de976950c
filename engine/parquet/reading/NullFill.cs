namespace K2I.Parquet;

/// <summary>What a null of a long column becomes: <paramref name="First"/>, plus <paramref name="Step"/> for every row of the file before it.</summary>
public readonly record struct NullFill(long First, long Step);
