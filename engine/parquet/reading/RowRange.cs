namespace K2I.Parquet;

/// <summary>Rows one after another: from <see cref="From"/> up to, not including, <see cref="To"/>.</summary>
public readonly record struct RowRange(long From, long To)
{
    public long Rows => To - From;
}
