using K2I.Base;
using K2I.Columns;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>Rows in memory by their key.</summary>
internal sealed partial class TableHandle
{
    /// <summary>
    /// The newest row in memory of the key with these values, as texts. Null where none has it: a snapshot that is taken afterwards has the
    /// newest, if any. Throws Invalid for a text that is no value of its column. Any thread; waits for nobody.
    /// </summary>
    internal FoundRow? Find(IReadOnlyList<string?> key)
    {
        // Before the search: all rows below are in it.
        var table = Cut(withLeases: false);
        var now = Volatile.Read(ref version);
        (SegmentLease Lease, Ordinal Row, int Lane)? newest = null;
        byte[]? bytes = null;
        foreach (var part in now.Run?.Parts ?? [])
        {
            if (part.Index is not { } index) continue;
            // By the columns as they are now: a wider type takes more texts, and has the same bytes for the same value.
            if (bytes is null && !TableKey.Of(Options, part.Run.Store.Schema).TryParse([.. key], out bytes, out var flaw))
                throw new EngineException(ErrorKind.Invalid, flaw!);
            if (!index.TryFind(bytes, out var lease, out var row)
                && (index.IsComplete || !TryScan(now, part, index.Columns, bytes, out lease, out row))) continue;
            if (newest is { } other && other.Lease.Segment.Sequence > lease.Segment.Sequence)
            {
                lease.Dispose();
                continue;
            }
            newest?.Lease.Dispose();
            newest = (lease, row, part.Lane.Index);
        }
        return newest is { } found ? new(found.Lease, found.Row, found.Lane, table) : null;
    }

    /// <summary>The index has left rows out: they are looked through, the newest first.</summary>
    private static bool TryScan(TableVersion now, RunPart part, KeyColumns columns, byte[] key, out SegmentLease lease, out Ordinal row)
    {
        foreach (var (of, segment, _) in now.Flushed.Concat(now.Hot).OrderByDescending(h => h.Segment.Sequence))
        {
            if (!ReferenceEquals(of, part) || !segment.TryLease(out lease)) continue;
            if (KeyScan.FindLast(columns, segment.View(), key) is { } found)
            {
                row = found;
                return true;
            }
            lease.Dispose();
        }
        (lease, row) = (default, default);
        return false;
    }
}
