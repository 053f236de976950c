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

    /// <summary>The table's columns have no place for it yet; evolve the schema, then offer it again.</summary>
    NewField,

    /// <summary>It names a schema that is being fetched; offer it again.</summary>
    NoSchema,
}

/// <summary>
/// The write side of a run in a lane: decodes records into the open segment, stages them for the log, keeps which offsets the segment
/// covers, and sends what is no row to the dead letters. The lane's thread. No managed allocation per good record.
/// </summary>
/// <param name="part">Whose rows they are.</param>
/// <param name="memory">The table's account.</param>
/// <param name="deadLetters">Where records go that are no rows.</param>
/// <param name="journal">The log.</param>
/// <param name="tombstones">What a record without a value is.</param>
/// <param name="counters">Of the table in this lane.</param>
/// <param name="clock">For when rows were fetched.</param>
internal sealed class RecordSink(RunPart part, PoolAccount memory, DeadLetters deadLetters, TableJournal journal,
    TombstonePolicy tombstones, IngestCounters counters, IClock clock)
{
    private const string SkippedTombstone = "TombstoneSkipped";

    private readonly SegmentCoverage coverage = new();
    private IRecordDecoder? decoder;
    private KafkaColumnWriter? kafkaColumn;
    private DefaultValue?[] defaults = [];
    private SegmentGrowth growth = SegmentGrowth.Start;
    private Segment? open;
    private SegmentCover cover = new();
    private LetterBuffer? letters;
    private LogPin? pin;
    private long tooSmallBytes;
    private KeyIndex? index;
    private int indexedRows;
    private long lastSegment;
    private int lastRows;
    private long pendingRows;
    private long pendingBytes;
    private long pendingSinceUnixMs;
    private long pendingEndsSinceUnixMs;

    /// <summary>What waits for the next flush. Any thread may read when it began.</summary>
    internal PendingRows Pending => new(pendingRows, pendingBytes, Volatile.Read(ref pendingSinceUnixMs), pendingEndsSinceUnixMs);

    /// <summary>While the log is replayed: the flush that the segments opened from now on belong to.</summary>
    internal LoggedFlush? Redo { get; set; }

    /// <summary>While a log is replayed: keeps the frame that is being taken.</summary>
    internal Func<LogPin>? ReplayPin { get; set; }

    /// <summary>Decodes into another schema from now on; rows taken so far stay in a segment of their own.</summary>
    internal void Use(IRecordDecoder newDecoder, KafkaColumnWriter? newKafkaColumn)
    {
        Seal(isFull: false);
        if (open is not null) Discard();
        (decoder, kafkaColumn) = (newDecoder, newKafkaColumn);
        defaults = [.. newDecoder.Schema.Fields.Select(DefaultValue.Of)];
    }

    /// <summary>Rows are found by their keys from now on.</summary>
    internal void Use(KeyIndex newIndex) => index = newIndex;

    /// <summary>A segment is open, or could be opened.</summary>
    internal bool HasRoom() => open is not null || Open();

    /// <summary>No segment is open: the next record needs a new one.</summary>
    internal bool IsBetweenSegments => open is null;

    internal IReadOnlyList<SchemaChange> Changes(IEnumerable<ReadOnlyMemory<byte>> values) => decoder!.Changes(values);

    /// <summary>The schema that the last record names, if it could not be taken.</summary>
    internal SchemaId RefusedSchema => decoder!.RefusedSchema;

    /// <summary>That is the schema of its key.</summary>
    internal bool IsOfKey => decoder!.IsOfKey;

    /// <summary>Makes a row of the record, or a dead letter; one that is refused is a dead letter in any case.</summary>
    internal TakeResult Take(in RecordInput record, Source source, Refusal? refusal = null)
    {
        if (journal.IsBlocked(in record, source)) return TakeResult.NoRoom;
        while (true)
        {
            if (open is not { } segment)
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
                    Account(in record, source);
                    return TakeResult.Taken;
                }
                if (MakeRoom(segment)) continue;
                if (!DeadLetter(in record, source, "RowTooLarge",
                    $"the row does not fit a segment of {Units.FormatBytes(segment.BudgetBytes)}")) continue;
            }
            else
            {
                rows.AbandonRow();
                if (status == DecodeStatus.NewField && refusal is null) return TakeResult.NewField;
                if (status == DecodeStatus.SchemaPending) return TakeResult.NoSchema;
                if (status == DecodeStatus.IncompatiblePause)
                {
                    var place = $"{source.Topic}[{source.Partition}] offset {record.Offset}";
                    throw TableStop.Misfit($"table {part.Run.Table.Name}: {place}: {decoder!.Error}");
                }
                if (status == DecodeStatus.Tombstone && tombstones == TombstonePolicy.Skip) counters.CountDeadLetter(SkippedTombstone);
                else if (!DeadLetter(in record, source, refusal?.Error ?? status.ToString(), refusal?.Detail
                    ?? decoder!.Error.ToString())) continue;
            }
            Account(in record, source);
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
        var from = source.TakenOffset.IsNumber ? source.TakenOffset : next;
        journal.StageEnd(source, from, next);
        Cover(source, from, next);
        if (pendingEndsSinceUnixMs == 0) pendingEndsSinceUnixMs = clock.UnixMs;
        return true;
    }

    /// <summary>Makes rows visible to readers, their records appended to the log.</summary>
    internal void Publish()
    {
        journal.Append();
        if (open is { } segment)
        {
            segment.Publish();
            Index(segment);
        }
        PublishCut();
    }

    /// <summary>Seals the open segment if it covers any offset, and hands it over.</summary>
    internal bool Seal(bool isFull = false)
    {
        if (open is not { } segment || coverage.IsEmpty) return false;
        journal.Append();
        growth = SegmentGrowth.After(segment.BudgetBytes, segment.Rows.UsedBytes, isFull);
        segment.Seal();
        Index(segment);
        (lastSegment, lastRows) = (segment.Sequence, segment.PublishedRows);
        var fetched = coverage.FirstFetchedUnixMs;
        var handed = new Sealed(part, segment, coverage.Take(), fetched, letters, pin!, Redo);
        cover.End(handed.Ranges);
        (open, letters, pin) = (null, null, null);
        part.HandOver(handed);
        KillPoint.Hit("segment.sealed");
        return true;
    }

    /// <summary>Seals, and begins to count anew what waits for the next flush.</summary>
    internal void SealForFlush()
    {
        Seal();
        PublishCut();
        pendingRows = pendingBytes = pendingEndsSinceUnixMs = 0;
        Volatile.Write(ref pendingSinceUnixMs, 0);
    }

    /// <summary>Gives up the open segment: its run has ended.</summary>
    internal void Discard()
    {
        open?.Discard();
        letters?.Dispose();
        pin?.Release();
        (open, letters, pin) = (null, null, null);
        _ = coverage.Take();
    }

    /// <summary>Rows can be found as soon as they are published.</summary>
    private void Index(Segment segment)
    {
        index?.Add(segment, indexedRows, segment.PublishedRows);
        indexedRows = segment.PublishedRows;
    }

    /// <summary>Between records: what was taken is what readers see from now on.</summary>
    private void PublishCut()
    {
        if (open is not null) (lastSegment, lastRows) = (open.Sequence, open.PublishedRows);
        part.Cut.Write(lastSegment, lastRows);
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

    private bool Open()
    {
        if (memory.TryOpen(decoder!.Schema, growth.WantedBytes) is not { } segment) return false;
        // Under pressure there may be none so large as a row needs: then it waits.
        if (segment.BudgetBytes <= tooSmallBytes)
        {
            segment.Discard();
            return false;
        }
        tooSmallBytes = 0;
        pin = ReplayPin?.Invoke() ?? journal.Pin();
        (open, cover, indexedRows) = (segment, new(), 0);
        part.Run.Table.OnOpened(new(part, segment, cover));
        return true;
    }

    /// <summary>
    /// The row did not fit: makes way for another try in an empty segment, a larger one if this one is empty. False where it is as large as
    /// any.
    /// </summary>
    private bool MakeRoom(Segment segment)
    {
        if (segment.Rows.Rows > 0 || !coverage.IsEmpty)
        {
            Seal(isFull: true);
            return true;
        }
        if (segment.BudgetBytes >= part.Run.LargestSegmentBytes) return false;
        tooSmallBytes = segment.BudgetBytes;
        growth = SegmentGrowth.After(segment.BudgetBytes, 0, full: true);
        Discard();
        return true;
    }

    private void Account(in RecordInput record, Source source)
    {
        var bytes = record.Key.Length + record.Value.Length;
        counters.Records++;
        counters.RecordBytes += bytes;
        pendingBytes += bytes;
        var from = source.TakenOffset.IsNumber ? source.TakenOffset : record.Offset;
        journal.Stage(in record, source, from);
        Cover(source, from, record.Offset.Next);
        if (pendingSinceUnixMs != 0 && coverage.FirstFetchedUnixMs != 0) return;
        var now = clock.UnixMs;
        if (pendingSinceUnixMs == 0) Volatile.Write(ref pendingSinceUnixMs, now);
        if (coverage.FirstFetchedUnixMs == 0) coverage.FirstFetchedUnixMs = now;
    }

    private void Cover(Source source, Offset from, Offset next)
    {
        if (coverage.Advance(source, from, next, source.IsAtItsBeginning)) cover.Begin(source, from);
        source.Take(next);
    }

    /// <summary>False if the segment had no room for it and was sealed: offer the record to the next.</summary>
    private bool DeadLetter(in RecordInput record, Source source, string error, string detail)
    {
        if (!deadLetters.Add(in record, source, ref letters, error, detail))
        {
            Check.That(Seal());
            return false;
        }
        counters.CountDeadLetter(error);
        return true;
    }
}
