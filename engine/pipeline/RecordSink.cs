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
/// The write side of a table: decodes records into the ring's open segment, keeps which offsets each segment covers, and sends what is no row to the dead
/// letters. Ingest thread. No managed allocation per good record.
/// </summary>
internal sealed class RecordSink(SegmentRing ring, DeadLetterFile deadLetters, TableCounters counters, IClock clock)
{
    /// <summary>The walk that asks whether a segment is full is done once in so many rows or bytes.</summary>
    private const int FullCheckRows = 64, FullCheckBytes = 64 << 10;

    private readonly SegmentSources[] sources = [.. ring.Segments.Select(_ => new SegmentSources())];
    private IRecordDecoder? decoder;
    private KafkaColumnWriter? kafkaColumn;
    private int rowsUnchecked;
    private int bytesUnchecked;

    /// <summary>Since the last flush request: rows, bytes of records, and when the first of them was fetched (0: none).</summary>
    internal long PendingRows { get; private set; }

    internal long PendingBytes { get; private set; }

    internal long PendingSinceUnixMs { get; private set; }

    internal bool HasPending => PendingSinceUnixMs != 0;

    internal SegmentSources SourcesOf(Segment segment) => sources[segment.Index];

    /// <summary>Decodes into another schema from now on; rows taken so far stay in a segment of their own.</summary>
    internal bool Use(IRecordDecoder newDecoder, KafkaColumnWriter? newKafkaColumn)
    {
        Seal();
        (decoder, kafkaColumn) = (newDecoder, newKafkaColumn);
        return ring.Current is null || ring.Reopen(newDecoder.Schema);
    }

    /// <summary>A segment is open, or could be opened.</summary>
    internal bool HasRoom() => ring.Current is not null || Open();

    internal IReadOnlyList<NewField> NewFields(in RecordInput record) => decoder!.NewFields(in record);

    internal TakeResult Take(in RecordInput record, Source source)
    {
        while (true)
        {
            if (ring.Current is not { } segment)
            {
                if (!Open()) return TakeResult.NoRoom;
                continue;
            }
            var rows = segment.Rows;
            var status = decoder!.Decode(in record, rows);
            if (status == DecodeStatus.Ok)
            {
                kafkaColumn?.Write(in record, rows);
                if (rows.EndRow())
                {
                    counters.Rows++;
                    PendingRows++;
                    Account(in record, source, segment);
                    if (++rowsUnchecked >= FullCheckRows || bytesUnchecked >= FullCheckBytes) CheckFull(rows);
                    return TakeResult.Taken;
                }
                if (rows.Rows > 0)
                {
                    Seal();
                    continue;
                }
                DeadLetter(in record, source, "RowTooLarge", $"the row does not fit a segment of {Units.FormatBytes(ring.SegmentBytes)}");
            }
            else
            {
                rows.AbandonRow();
                if (status == DecodeStatus.NewField) return TakeResult.NewField;
                DeadLetter(in record, source, status.ToString(), decoder.Error.ToString());
            }
            Account(in record, source, segment);
            return TakeResult.Taken;
        }
    }

    /// <summary>Makes the record a dead letter.</summary>
    internal TakeResult Refuse(in RecordInput record, Source source, string error, string detail)
    {
        if (ring.Current is null && !Open()) return TakeResult.NoRoom;
        DeadLetter(in record, source, error, detail);
        Account(in record, source, ring.Current!);
        return TakeResult.Taken;
    }

    /// <summary>Makes rows visible to readers.</summary>
    internal void Publish() => ring.Current?.Publish();

    /// <summary>Seals the open segment if it covers any offset. Dead letters are on disk before a flush can commit what is behind them.</summary>
    internal bool Seal()
    {
        if (ring.Current is not { } segment || SourcesOf(segment).IsEmpty) return false;
        deadLetters.Sync();
        rowsUnchecked = bytesUnchecked = 0;
        return ring.Seal(evenEmpty: true);
    }

    /// <summary>Seals, and begins to count anew what waits for the next flush.</summary>
    internal void SealForFlush()
    {
        Seal();
        PendingRows = PendingBytes = PendingSinceUnixMs = 0;
    }

    private bool Open()
    {
        if (!ring.TryOpen(decoder!.Schema)) return false;
        SourcesOf(ring.Current!).Clear();
        return true;
    }

    private void Account(in RecordInput record, Source source, Segment segment)
    {
        var bytes = record.Key.Length + record.Value.Length;
        counters.Records++;
        counters.RecordBytes += bytes;
        PendingBytes += bytes;
        bytesUnchecked += bytes;
        var from = source.TakenOffset == Source.Unknown ? record.Offset : source.TakenOffset;
        source.TakenOffset = record.Offset + 1;
        var covered = sources[segment.Index];
        covered.Advance(source, from, record.Offset + 1);
        if (PendingSinceUnixMs != 0 && covered.FirstFetchedUnixMs != 0) return;
        var now = clock.UnixMs;
        if (PendingSinceUnixMs == 0) PendingSinceUnixMs = now;
        if (covered.FirstFetchedUnixMs == 0) covered.FirstFetchedUnixMs = now;
    }

    private void CheckFull(BatchBuilder rows)
    {
        rowsUnchecked = bytesUnchecked = 0;
        if (rows.IsFull) Seal();
    }

    private void DeadLetter(in RecordInput record, Source source, string error, string detail)
    {
        deadLetters.Write(in record, source.Topic, error, detail);
        counters.CountDeadLetter(error);
    }
}
