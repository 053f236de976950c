using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Tells for each row of a batch which partition it belongs to, as a small index, and keeps the partitions met so far. Allocates per new partition, never per row. One thread.</summary>
public sealed class PartitionRouter
{
    private readonly PartitionSpec _spec;
    private readonly PartitionFieldRouter[] _fields;

    /// <summary>Per field: pairs (index so far, value's number) to the index with the field; the last field's indexes are the partitions.</summary>
    private readonly ValueIds[] _levels;
    private readonly List<(int Before, int Value)>[] _pairs;
    private readonly List<PartitionTuple> _partitions = [];
    private int[] _values = [];

    /// <param name="spec">Every transform known and every source in <paramref name="schema"/>.</param>
    /// <param name="schema">Of the batches to come.</param>
    public PartitionRouter(PartitionSpec spec, Schema schema)
    {
        _spec = spec;
        _fields = [.. spec.Fields.Select(f => new PartitionFieldRouter(f, schema))];
        _levels = [.. _fields.Select(_ => new ValueIds())];
        _pairs = [.. _fields.Select(_ => new List<(int, int)>())];
    }

    /// <summary>The partitions met so far; a row's index is its partition's place here.</summary>
    public IReadOnlyList<PartitionTuple> Partitions => _partitions;

    public PartitionSpec Spec => _spec;

    /// <summary>Writes the partition indexes of the rows from <paramref name="start"/> on, as many as <paramref name="indexes"/> holds.</summary>
    /// <param name="columns">One view per field of the schema, in its order.</param>
    public void Route(IReadOnlyList<ColumnView> columns, int start, Span<int> indexes)
    {
        indexes.Clear();
        if (indexes.IsEmpty) return;
        if (_fields.Length == 0)
        {
            if (_partitions.Count == 0) _partitions.Add(PartitionTuple.Empty);
            return;
        }
        if (_values.Length < indexes.Length) _values = new int[indexes.Length];
        var values = _values.AsSpan(0, indexes.Length);
        for (var level = 0; level < _fields.Length; level++)
        {
            _fields[level].Number(columns, start, values);
            Combine(level, values, indexes);
        }
    }

    private void Combine(int level, ReadOnlySpan<int> values, Span<int> indexes)
    {
        var ids = _levels[level];
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
        _pairs[level].Add((before, value));
        if (level < _fields.Length - 1) return;
        var tuple = new byte[]?[_fields.Length];
        var at = (Before: before, Value: value);
        for (var field = level; field >= 0; field--)
        {
            tuple[field] = _fields[field].ValueOf(at.Value);
            if (field > 0) at = _pairs[field - 1][at.Before];
        }
        _partitions.Add(new PartitionTuple([.. tuple]));
        Check.That(_partitions.Count == _pairs[level].Count);
    }
}
