using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>Records that wait to be offered again, in the order in which they were fetched. A lane's thread.</summary>
internal sealed class HeldRecords(int mostRecords)
{
    /// <summary>What looking ahead may cost in memory.</summary>
    private const long MostBytes = 8 << 20;

    private readonly Queue<HeldRecord> records = new();
    private long bytes;
    private int ends;

    /// <summary>Records, without the ends of partitions among them.</summary>
    internal int Count => records.Count - ends;

    internal bool IsEmpty => records.Count == 0;

    /// <summary>No more are taken: as many are held as are looked at together.</summary>
    internal bool IsFull => Count >= mostRecords || bytes >= MostBytes;

    /// <summary>In the order in which they were fetched; <see cref="HeldRecord.IsEnd"/> among them.</summary>
    internal IEnumerable<HeldRecord> All => records;

    /// <param name="record">Copied.</param>
    /// <param name="source">Of which partition.</param>
    /// <param name="refusal">Where it is a dead letter in any case.</param>
    internal void Add(in RecordInput record, Source source, Refusal? refusal = null)
    {
        var copy = new HeldRecord(in record, source) { Refusal = refusal };
        records.Enqueue(copy);
        bytes += copy.Bytes;
    }

    internal List<ReadOnlyMemory<byte>> Values() => [.. records.Where(r => !r.IsEnd).Select(r => r.Value)];

    internal void AddEnd(Source source, Offset next)
    {
        records.Enqueue(new(source, next));
        ends++;
    }

    internal HeldRecord? First => records.TryPeek(out var first) ? first : null;

    internal void RemoveFirst()
    {
        var first = records.Dequeue();
        bytes -= first.Bytes;
        if (first.IsEnd) ends--;
    }

    /// <summary>Forgets those of other partitions: they are fetched again, perhaps by another owner.</summary>
    internal void KeepOnly(Func<Source, bool> of)
    {
        var kept = records.Where(r => of(r.Source)).ToList();
        if (kept.Count == records.Count) return;
        records.Clear();
        foreach (var record in kept) records.Enqueue(record);
        bytes = kept.Sum(r => (long)r.Bytes);
        ends = kept.Count(r => r.IsEnd);
    }
}
