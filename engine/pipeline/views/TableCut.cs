using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>
/// A table at one moment, for readers: a snapshot and the rows in memory that are not in it. Who has it disposes of the leases, which keep
/// the rows.
/// </summary>
/// <param name="Cold">The table with that snapshot; null while it has no columns yet.</param>
/// <param name="Hot">Rows that are not in the snapshot; of one lane in the order they came.</param>
/// <param name="Flushed">Rows that are in the snapshot and still in memory.</param>
/// <param name="Offsets">The next offset of each partition: all records below are accounted for.</param>
/// <param name="IsPartial">Partitions of the table are read elsewhere: of those it has what is in the snapshot.</param>
/// <param name="Leases">One for each segment of <paramref name="Hot"/> and <paramref name="Flushed"/>; none where not asked for.</param>
public sealed record TableCut(Table? Cold, ImmutableArray<CutRows> Hot, ImmutableArray<CutRows> Flushed,
    IReadOnlyDictionary<(string Topic, int Partition), Offset> Offsets, bool IsPartial, ImmutableArray<SegmentLease> Leases);
