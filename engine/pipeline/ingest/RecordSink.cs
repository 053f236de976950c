using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Ring;

namespace K2I.Pipeline;

/// <summary>What became of a record that was offered to the ring.</summary>
internal enum TakeResult
{
    /// <summary>It is a row, or a dead letter: done with.</summary>
    Taken,

    /// <summary>The ring is full; offer it again.</summary>
    NoRoom,

    /// <summary>It has fields that the table lacks; evolve the schema, then offer it again.</summary>
    NewField,
}

/// <summary>
/// The write side of a table: decodes records into the ring's open segment, stages them for the log, keeps which offsets each segment covers, and sends what is
/// no row to the dead letters. Ingest thread. No managed allocation per good record.
/// </summary>
internal sealed class RecordSink(SegmentRing ring, DeadLetters deadLetters, TableJournal journal, TombstonePolicy tombstones, TableCounters counters, IClock clock)
{
    /// <summary>The walk that asks whether a segment is full is done once in so many rows or bytes.</summary>
    private const int FullCheckRows = 64, FullCheckBytes = 64 << 10;

    private const string SkippedTombstone = "TombstoneSkipped";

    private readonly SegmentSources[] sources = [.. ring.Segments.Select(_ => new SegmentSources())];
    private IRecordDecoder? decoder;
    private KafkaColumnWriter? kafkaColumn;
    private DefaultValue?[] defaults = [];
    private long pendingRows;
    private long pendingBytes;
    private long pendingSinceUnixMs;
    private long pendingEndsSinceUnixMs;
    private int rowsUnchecked;
    private int bytesUnchecked;

    /// <summary>What waits for the next flush. Any thread may read when it began.</summary>
    internal PendingRows Pending => new(pendingRows, pendingBytes, Volatile.Read(ref pendingSinceUnixMs), pendingEndsSinceUnixMs);

    /// <summary>While the log is replayed: the flush that the segments opened from now on belong to.</summary>
    internal LoggedFlush? Redo { get; set; }

    internal SegmentSources SourcesOf(Segment segment) => sources[segment.Index];

    /// <summary>Decodes into another schema from now on; rows taken so far stay in a segment of their own.</summary>
    internal void Use(IRecordDecoder newDecoder, KafkaColumnWriter? newKafkaColumn)
    {
        Seal();
        (decoder, kafkaColumn) = (newDecoder, newKafkaColumn);
        defaults = [.. newDecoder.Schema.Fields.Select(DefaultValue.Of)];
        if (ring.Current is not null) ring.Reopen(newDecoder.Schema);
    }

    /// <summary>A segment is open, or could be opened.</summary>
    internal bool HasRoom() => ring.Current is not null || Open();

    /// <summary>No segment is open: the next record needs a new one.</summary>
    internal bool IsBetweenSegments => ring.Current is null;

    internal IReadOnlyList<NewField> NewFields(IEnumerable<ReadOnlyMemory<byte>> values) => decoder!.NewFields(values);

    /// <summary>Makes a row of the record, or a dead letter; one that is refused is a dead letter in any case.</summary>
    internal TakeResult Take(in RecordInput record, Source source, Refusal? refusal = null)
    {
        if (journal.IsBlocked(in record, source)) return TakeResult.NoRoom;
        while (true)
        {
            if (ring.Current is not { } segment)
            {
                if (!Open()) return TakeResult.NoRoom;
                continue;
            }
            var rows = segment.Rows;
            var status = refusal is not null ? DecodeStatus.NewField : decoder!.Decode(in record, rows);
            if (status == DecodeStatus.Ok || (status == DecodeStatus.Tombstone && tombstones == TombstonePolicy.NullRow && FillWithNulls(rows)))
            {
                kafkaColumn?.Write(in record, rows);
                if (rows.EndRow())
                {
                    counters.Rows++;
                    pendingRows++;
                    counters.IgnoredFields += decoder!.IgnoredFields;
                    Account(in record, source, segment);
                    if (++rowsUnchecked >= FullCheckRows || bytesUnchecked >= FullCheckBytes) CheckFull(rows);
                    return TakeResult.Taken;
                }
                if (rows.Rows > 0)
                {
                    Seal();
                    continue;
                }
                if (!DeadLetter(in record, source, segment, "RowTooLarge", $"the row does not fit a segment of {Units.FormatBytes(ring.SegmentBytes)}")) continue;
            }
            else
            {
                rows.AbandonRow();
                if (status == DecodeStatus.NewField && refusal is null) return TakeResult.NewField;
                if (status == DecodeStatus.Tombstone && tombstones == TombstonePolicy.Skip) counters.CountDeadLetter(SkippedTombstone);
                else if (!DeadLetter(in record, source, segment, refusal?.Error ?? status.ToString(), refusal?.Detail ?? decoder!.Error.ToString())) continue;
            }
            Account(in record, source, segment);
            return TakeResult.Taken;
        }
    }

    /// <summary>
    /// The offsets of a partition below <paramref name="next"/> hold no further record: markers of transactions, records that were aborted or compacted away; or reading begins there. They
    /// belong to the open segment. False where there is no room.
    /// </summary>
    internal bool TakeEnd(Source source, Offset next)
    {
        if (next <= source.TakenOffset && !source.IsAtItsBeginning) return true;
        if (journal.IsBlocked(source) || !HasRoom()) return false;
        var from = source.TakenOffset == Offset.None ? next : source.TakenOffset;
        journal.StageEnd(source, from, next);
        Cover(source, from, next, ring.Current!);
        if (pendingEndsSinceUnixMs == 0) pendingEndsSinceUnixMs = clock.UnixMs;
        return true;
    }

    /// <summary>A row of defaults and nulls for a tombstone; false where a column is required and has no default.</summary>
    private bool FillWithNulls(BatchBuilder rows)
    {
        for (var i = 0; i < rows.ColumnCount; i++)
        {
            var field = rows.Schema.Fields[i];
            if (field.Name == KafkaColumn.Name && kafkaColumn is not null) continue;
            if (defaults[i] is { } value) value.AppendTo(rows.Column(i));
            else if (field.Required) return false;
            else rows.Column(i).AppendNull();
        }
        return true;
    }

    /// <summary>Makes rows visible to readers, their records appended to the log.</summary>
    internal void Publish()
    {
        journal.Append();
        ring.Current?.Publish();
    }

    /// <summary>Seals the open segment if it covers any offset.</summary>
    internal bool Seal()
    {
        if (ring.Current is not { } segment || SourcesOf(segment).IsEmpty) return false;
        var position = journal.SafePosition;
        if (journal.Append()) position = journal.SafePosition;
        SourcesOf(segment).LogPosition = position;
        rowsUnchecked = bytesUnchecked = 0;
        var any = ring.Seal(evenEmpty: true);
        KillPoint.Hit("segment.sealed");
        return any;
    }

    /// <summary>Seals, and begins to count anew what waits for the next flush.</summary>
    internal void SealForFlush()
    {
        Seal();
        pendingRows = pendingBytes = pendingEndsSinceUnixMs = 0;
        Volatile.Write(ref pendingSinceUnixMs, 0);
    }

    private bool Open()
    {
        if (!ring.TryOpen(decoder!.Schema)) return false;
        SourcesOf(ring.Current!).Clear();
        SourcesOf(ring.Current!).Redo = Redo;
        return true;
    }

    private void Account(in RecordInput record, Source source, Segment segment)
    {
        var bytes = record.Key.Length + record.Value.Length;
        counters.Records++;
        counters.RecordBytes += bytes;
        pendingBytes += bytes;
        bytesUnchecked += bytes;
        var from = source.TakenOffset == Offset.None ? record.Offset : source.TakenOffset;
        journal.Stage(in record, source, from);
        var covered = Cover(source, from, record.Offset.Next, segment);
        if (pendingSinceUnixMs != 0 && covered.FirstFetchedUnixMs != 0) return;
        var now = clock.UnixMs;
        if (pendingSinceUnixMs == 0) Volatile.Write(ref pendingSinceUnixMs, now);
        if (covered.FirstFetchedUnixMs == 0) covered.FirstFetchedUnixMs = now;
    }

    private SegmentSources Cover(Source source, Offset from, Offset next, Segment segment)
    {
        var covered = sources[segment.Index];
        covered.Advance(source, from, next, source.IsAtItsBeginning);
        source.Take(next);
        return covered;
    }

    private void CheckFull(BatchBuilder rows)
    {
        rowsUnchecked = bytesUnchecked = 0;
        if (rows.IsFull) Seal();
    }

    /// <summary>False if the segment had no room for it and was sealed: offer the record to the next.</summary>
    private bool DeadLetter(in RecordInput record, Source source, Segment segment, string error, string detail)
    {
        if (!deadLetters.Add(in record, source, segment.Index, error, detail))
        {
            Check.That(Seal());
            return false;
        }
        counters.CountDeadLetter(error);
        return true;
    }
}
