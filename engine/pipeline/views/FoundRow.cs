using K2I.Columns;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>The newest row of a key among those in memory. Who has it disposes of the lease, which keeps it.</summary>
/// <param name="Lease">Of its segment.</param>
/// <param name="Row">Its ordinal there.</param>
/// <param name="Lane">The lane that wrote it.</param>
/// <param name="Table">What was read of the table besides: how far it is at least.</param>
public sealed record FoundRow(SegmentLease Lease, Ordinal Row, int Lane, TableCut Table);
