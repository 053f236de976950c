using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Tells for each row of a batch which partition it belongs to, as a small index, and keeps the partitions met so far. Allocates per new partition, never per row. One thread.</summary>
public sealed class PartitionRouter
{
    private readonly PartitionSpec spec;
    private readonly PartitionFieldRouter[] fields;

    /// <summary>Per field: pairs (index so far, value's number) to the index with the field; the last field's indexes are the partitions.</summary>
    private readonly ValueIds[] levels;
    private readonly List<(int Before, int Value)>[] pairs;
    private readonly List<PartitionTuple> partitions = [];
    private int[] values = [];

    /// <param name="spec">Every transform known and every source in <paramref name="schema"/>.</param>
    /// <param name="schema">Of the batches to come.</param>
    public PartitionRouter(PartitionSpec spec, Schema schema)
    {
        this.spec = spec;
        fields = [.. spec.Fields.Select(f => new PartitionFieldRouter(f, schema))];
        levels = [.. fields.Select(_ => new ValueIds())];
        pairs = [.. fields.Select(_ => new List<(int, int)>())];
    }

    /// <summary>The partitions met so far; a row's index is its partition's place here.</summary>
    public IReadOnlyList<PartitionTuple> Partitions => partitions;

    public PartitionSpec Spec => spec;

    /// <summary>Writes the partition indexes of the rows from <paramref name="start"/> on, as many as <paramref name="indexes"/> holds.</summary>
    /// <param name="columns">One view per field of the schema, in its order.</param>
    public void Route(IReadOnlyList<ColumnView> columns, int start, Span<int> indexes)
    {
        indexes.Clear();
        if (indexes.IsEmpty) return;
        if (fields.Length == 0)
        {
            if (partitions.Count == 0) partitions.Add(PartitionTuple.Empty);
            return;
        }
        if (this.values.Length < indexes.Length) this.values = new int[indexes.Length];
        var values = this.values.AsSpan(0, indexes.Length);
        for (var level = 0; level < fields.Length; level++)
        {
            fields[level].Number(columns, start, values);
            Combine(level, values, indexes);
        }
    }

    private void Combine(int level, ReadOnlySpan<int> values, Span<int> indexes)
    {
        var ids = levels[level];
        var last = -1L;
        var lastIndex = 0;
        for (var row = 0; row < indexes.Length; row++)
        {
            var pair = ((long)indexes[row] << 32) | (uint)values[row];
            if (pair != last)
            {
                last = pair;
                lastIndex = ids.Of(pair, out var isNew);
                if (isNew) AddPair(level, indexes[row], values[row]);
            }
            indexes[row] = lastIndex;
        }
    }

    private void AddPair(int level, int before, int value)
    {
        pairs[level].Add((before, value));
        if (level < fields.Length - 1) return;
        var tuple = new byte[]?[fields.Length];
        var at = (Before: before, Value: value);
        for (var field = level; field >= 0; field--)
        {
            tuple[field] = fields[field].ValueOf(at.Value);
            if (field > 0) at = pairs[field - 1][at.Before];
        }
        partitions.Add(new PartitionTuple([.. tuple]));
        Check.That(partitions.Count == pairs[level].Count);
    }
}
