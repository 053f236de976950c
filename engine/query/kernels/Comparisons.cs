using K2I.Iceberg;

namespace K2I.Query;

/// <summary>What an operator says of an order.</summary>
internal static class Comparisons
{
    internal static bool Holds(ScanOperator comparison, int order) => comparison switch
    {
        ScanOperator.Equal => order == 0,
        ScanOperator.NotEqual => order != 0,
        ScanOperator.Less => order < 0,
        ScanOperator.LessOrEqual => order <= 0,
        ScanOperator.Greater => order > 0,
        ScanOperator.GreaterOrEqual => order >= 0,
        _ => throw new InvalidOperationException(comparison.ToString()),
    };
}
