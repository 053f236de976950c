using System.Collections.Immutable;
using System.Runtime.InteropServices;
using K2I.Base;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>What readers see of it.</summary>
internal sealed partial class TableHandle
{
    /// <summary>Each try that fails met a change of the version, of which there are a few a second.</summary>
    private const int MostTries = 1_000;

    private TableVersion version = TableVersion.None;
    private long versions;

    /// <summary>
    /// Another number wherever a cut may be another: of how many versions there were, and of what was published since. Any thread.
    /// </summary>
    internal long Moment
    {
        get
        {
            const int publishBits = 40;
            var moment = Volatile.Read(ref versions) << publishBits;
            foreach (var part in Volatile.Read(ref version).Run?.Parts ?? []) moment += part.Cut.Moment;
            return moment;
        }
    }

    /// <summary>A lane has opened a segment: before a row of it is published. That lane's thread.</summary>
    internal void OnOpened(HotSegment opened) =>
        Move(static (now, added) => ReferenceEquals(now.Run, added.Part.Run) ? now.With(added) : now, opened);

    /// <summary>
    /// The rows of a flush are in the table: in one step they leave what is hot, and the snapshot that holds them is what is read. The
    /// worker, before the segments are released.
    /// </summary>
    internal void OnLanded(TableRun landed, IReadOnlyList<Sealed> segments, IEnumerable<OffsetRange> ranges)
    {
        var (table, offsets) = (landed.Store.Table, landed.Store.Offsets);
        Move((now, _) =>
        {
            if (!ReferenceEquals(now.Run, landed)) return now;
            var expected = now.Offsets;
            foreach (var (source, next) in ranges.Select(r => (r.Source, r.Next)))
                expected = expected.With(source.Topic, source.TopicId, source.Partition, next);
            return Checked(now.WithLanded(table, offsets, segments), expected);
        }, 0);
    }

    /// <summary>
    /// A cut of the table as it is now. Throws Unavailable while there is none. Any thread; waits for nobody.
    /// </summary>
    internal TableCut Cut(bool withLeases)
    {
        var offsets = new List<(Source Source, Offset Next)>();
        var spin = new SpinWait();
        for (var i = 0; i < MostTries; i++)
        {
            if (i > 0) spin.SpinOnce(sleep1Threshold: 20);
            offsets.Clear();
            var now = Volatile.Read(ref version);
            if (now.Trouble is { } trouble) throw new EngineException(ErrorKind.Unavailable, $"table {Name} cannot be read now: {trouble}");
            var hot = ImmutableArray.CreateBuilder<CutRows>();
            foreach (var part in now.Run?.Parts ?? [])
            {
                var from = offsets.Count;
                var (last, rows) = part.Cut.Read(offsets);
                foreach (var (of, segment, cover) in now.Hot)
                {
                    if (!ReferenceEquals(of, part) || segment.Sequence > last) continue;
                    CutRows found = segment.Sequence < last ? new(part.Lane.Index, segment, segment.PublishedRows, cover.Whole())
                        : new(part.Lane.Index, segment, rows, cover.Up(CollectionsMarshal.AsSpan(offsets)[from..]));
                    // One that was given up empty covers nothing.
                    if (found.Rows > 0 || !found.Covers.IsEmpty) hot.Add(found);
                }
            }
            if (!ReferenceEquals(now, Volatile.Read(ref version))) continue;
            if (TryLease(hot, now, withLeases, out var flushed, out var leases))
                return new(now.Cold, hot.ToImmutable(), flushed, VectorOf(now, offsets), IsPartial(now), leases);
            if (now.Run?.Failure is not null) break;
        }
        throw new EngineException(ErrorKind.Unavailable, $"table {Name} cannot be read now: it is read again from where it stands");
    }

    private static bool TryLease(IReadOnlyList<CutRows> hot, TableVersion now, bool withLeases, out ImmutableArray<CutRows> flushed,
        out ImmutableArray<SegmentLease> leases)
    {
        flushed = [];
        leases = [];
        if (!withLeases) return true;
        var taken = ImmutableArray.CreateBuilder<SegmentLease>();
        foreach (var rows in hot)
        {
            if (rows.Segment.TryLease(out var lease))
            {
                taken.Add(lease);
                continue;
            }
            foreach (var given in taken) given.Dispose();
            return false;
        }
        var kept = ImmutableArray.CreateBuilder<CutRows>();
        foreach (var (part, segment, cover) in now.Flushed)
        {
            if (!segment.TryLease(out var lease)) continue;
            taken.Add(lease);
            kept.Add(new(part.Lane.Index, segment, segment.PublishedRows, cover.Whole()));
        }
        (flushed, leases) = (kept.ToImmutable(), taken.ToImmutable());
        return true;
    }

    private static Dictionary<(string Topic, int Partition), Offset> VectorOf(TableVersion now, List<(Source Source, Offset Next)> offsets)
    {
        var vector = new Dictionary<(string Topic, int Partition), Offset>();
        foreach (var (topic, entry) in now.Offsets.Topics)
            foreach (var (partition, next) in entry.Partitions) vector[(topic, partition)] = next;
        foreach (var (source, next) in offsets)
        {
            var key = (source.Topic, source.Partition);
            if (next.IsNumber && (!vector.TryGetValue(key, out var known) || known < next)) vector[key] = next;
        }
        return vector;
    }

    /// <summary>The snapshot has rows of partitions that nobody here reads.</summary>
    private static bool IsPartial(TableVersion now)
    {
        if (now.Run is not { } run) return false;
        var here = run.Parts.SelectMany(p => p.Sources).Where(s => s.Assigned).Select(s => (s.Topic, s.Partition)).ToHashSet();
        return now.Offsets.Topics.Any(t => t.Value.Partitions.Keys.Any(p => !here.Contains((t.Key, p))));
    }

    /// <summary>
    /// A version whose snapshot is further than <paramref name="expected"/> in a partition that rows here are of has rows twice: others
    /// have committed them. Then nothing is read until the next run, which begins soon: the fence turns the flush of those rows down.
    /// </summary>
    private static TableVersion Checked(TableVersion next, OffsetMap expected)
    {
        foreach (var source in next.Run!.Parts.SelectMany(p => p.Cut.Sources))
        {
            var was = expected.Next(source.Topic, source.Partition);
            if (was == next.Offsets.Next(source.Topic, source.Partition)) continue;
            if (source.Assigned ? source.IsAnswered : source.PublishedOffset.IsNumber && !(source.PublishedOffset <= was))
                return next with { Trouble = $"others have committed to {source.Topic}[{source.Partition}]" };
        }
        return next;
    }

    private void BeginVersion(TableRun opened)
    {
        Volatile.Write(ref version, TableVersion.Of(opened, opened.Store.IsOpen ? opened.Store.Table : null,
            opened.Store.IsOpen ? opened.Store.Offsets : OffsetMap.Empty));
        Interlocked.Increment(ref versions);
    }

    private void EndVersion() => Move(static (now, _) => now.WithoutRun(), 0);

    /// <summary>
    /// The table is another than when it was last shown to readers: it has new columns, or others have committed to it. Before a source is
    /// told where it begins, as its rows continue what the table holds now. The worker.
    /// </summary>
    private void FollowTable(TableRun now)
    {
        if (!now.Store.IsOpen || ReferenceEquals(now.Store.Table, version.Cold)) return;
        var (table, offsets) = (now.Store.Table, now.Store.Offsets);
        Move((last, _) => ReferenceEquals(last.Run, now) ? Checked(last with { Cold = table, Offsets = offsets }, last.Offsets) : last, 0);
    }

    private void Move<T>(Func<TableVersion, T, TableVersion> change, T with)
    {
        while (true)
        {
            var now = Volatile.Read(ref version);
            var next = change(now, with);
            if (ReferenceEquals(Interlocked.CompareExchange(ref version, next, now), now)) break;
        }
        Interlocked.Increment(ref versions);
    }
}
