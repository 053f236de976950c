using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// <c>dead_letter = pause</c>: the first record that is no row stops the table, with nothing of it taken. Once a person accepts it, it goes where
/// <c>dead_letter = table</c> would have put it.
/// </summary>
internal sealed class PauseLetters(TableLetters accepted, DeadLetterServices services) : DeadLetters
{
    internal override long PendingBytes => accepted.PendingBytes;

    internal override bool Add(in RecordInput record, Source source, ref LetterBuffer? letters, string error, string detail)
    {
        if (services.Accepted.TryGetValue((source.Topic, source.Partition), out var through) && record.Offset <= through)
            return accepted.Add(in record, source, ref letters, error, detail);
        var place = new RecordPlace(source.Topic, source.Partition, record.Offset);
        throw new TableStop(
            PauseReason.BadRecord, $"bad record: {source.Topic}[{source.Partition}] offset {record.Offset}: {error}: {detail}", place);
    }

    internal override void Keep(string flushId, long epoch, IReadOnlyList<LetterBuffer> letters, IReadOnlyList<OffsetRange> ranges) =>
        accepted.Keep(flushId, epoch, letters, ranges);

    public override void Dispose() => accepted.Dispose();
}
