using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>
/// A table's running totals in one lane, over all its runs. The lane's thread writes; any thread may read them, a little late.
/// </summary>
internal sealed class IngestCounters
{
    internal long Records, RecordBytes, Rows, IgnoredFields;

    private ImmutableSortedDictionary<string, long> deadLetters = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    internal ImmutableSortedDictionary<string, long> DeadLetters => Volatile.Read(ref deadLetters);

    internal void CountDeadLetter(string error) =>
        Volatile.Write(ref deadLetters, deadLetters.SetItem(error, deadLetters.GetValueOrDefault(error) + 1));
}
