namespace K2I.Iceberg;

/// <summary>How a column is compared. Nulls satisfy <see cref="IsNull"/> alone, NaNs <see cref="IsNaN"/>, <see cref="NotEqual"/>, <see cref="NotIn"/> and <see cref="IsNotNull"/>.</summary>
public enum ScanOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
    StartsWith,
    IsNull,
    IsNotNull,
    IsNaN,
    IsNotNaN,
}
