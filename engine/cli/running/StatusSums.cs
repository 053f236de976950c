using K2I.Pipeline;

namespace K2I.Cli.Running;

/// <summary>What all tables of a process come to together.</summary>
internal sealed record StatusSums(int Tables, int Unhealthy, int Partitions, long Records, long Rows, long RowsCommitted, long DeadLetters,
    long Lag, long Commits, long HeldBytes, long BudgetBytes)
{
    public static StatusSums Of(EngineStatus status)
    {
        var tables = status.Tables;
        return new(tables.Length, tables.Count(t => !t.Healthy), tables.Sum(t => t.Partitions.Length), tables.Sum(t => t.Records),
            tables.Sum(t => t.Rows), tables.Sum(t => t.RowsCommitted),
            tables.Sum(t => t.DeadLetters.Values.Sum()), tables.Sum(t => t.Lag), tables.Sum(t => t.Commits), tables.Sum(t => t.RingBytes),
                tables.IsEmpty ? 0 : tables[0].RingBudgetBytes);
    }
}
