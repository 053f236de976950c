using System.Text;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// One partition that a run of a table is fed from: how far it was fetched, taken, committed. The lane's thread, but for what says
/// otherwise.
/// </summary>
/// <remarks>
/// <code>
///   committed ≤ taken ≤ next      taken … next: records that are held
/// </code>
/// </remarks>
/// <param name="index">A small number that stands for the partition within the lane's part of the run.</param>
/// <param name="topic">The topic.</param>
/// <param name="partition">The partition.</param>
internal sealed class Source(int index, string topic, int partition)
{
    private Offset nextOffset = Offset.None;
    private Offset committedOffset = Offset.None;
    private Offset highWatermark = Offset.None;
    private Offset lowestNext = Offset.None;
    private Offset publishedOffset = Offset.None;
    private bool beginsHere;

    internal int Index { get; } = index;

    internal string Topic { get; } = topic;

    internal int Partition { get; } = partition;

    internal byte[] TopicUtf8 { get; } = Encoding.UTF8.GetBytes(topic);

    /// <summary>The broker's id of the topic; changes when it is deleted and created again.</summary>
    internal string? TopicId { get; set; }

    /// <summary>Where the next record is expected; lower ones were read before. Any thread may read.</summary>
    internal Offset NextOffset
    {
        get => Offset.Read(in nextOffset);
        private set => Offset.Write(ref nextOffset, value);
    }

    /// <summary>The broker's end of the partition when last seen; none until then. Any thread may read.</summary>
    internal Offset HighWatermark
    {
        get => Offset.Read(in highWatermark);
        set => Offset.Write(ref highWatermark, value);
    }

    /// <summary>The table's next offset; none if it has none. Any thread may read; the flush writes after a commit.</summary>
    internal Offset CommittedOffset
    {
        get => Offset.Read(in committedOffset);
        set => Offset.Write(ref committedOffset, value);
    }

    /// <summary>Up to where offsets belong to segments; trails <see cref="NextOffset"/> by the records that are held.</summary>
    internal Offset TakenOffset { get; private set; } = Offset.None;

    /// <summary>
    /// Up to where it was taken when rows were last published. Any thread may read, with what <see cref="PartCut"/> says.
    /// </summary>
    internal Offset PublishedOffset => Offset.Read(in publishedOffset);

    /// <summary>Where reading began; none where the first record was to say.</summary>
    internal Offset StartOffset { get; private set; } = Offset.None;

    /// <summary>The lane's part of the run that it feeds; null where there is none, as for a flush that is found in a log.</summary>
    internal RunPart? Part { get; init; }

    /// <summary>
    /// Where Kafka is to be read from, if that is not <see cref="NextOffset"/>: a word, for as long as nothing was fetched; or an offset
    /// that a person has accepted, once.
    /// </summary>
    internal Offset? ReadFrom { get; set; }

    /// <summary>Whoever works for the table has said where it begins. The worker's.</summary>
    internal bool IsAnswered { get; set; }

    /// <summary>The partition is this lane's.</summary>
    internal bool Assigned { get; set; }

    /// <summary>Where it begins is decided.</summary>
    internal bool HasStart { get; private set; }

    /// <summary>Its start is decided, what the log held of it is taken, and records are.</summary>
    internal bool Reads { get; set; }

    /// <summary>
    /// Records came while none could be taken, and were passed over: the partition has to be sought back to <see cref="NextOffset"/>.
    /// </summary>
    internal bool Missed { get; set; }

    /// <summary>
    /// Its next record cannot be taken before something is there: the schema that it names, or the table that it goes to. Until then what
    /// comes is passed over. Other partitions go on.
    /// </summary>
    internal bool Waits { get; private set; }

    /// <summary>Something of the partition was fetched since it was assigned: a record, or where it ends. So its offsets are ones that Kafka holds.</summary>
    internal bool Fetched { get; private set; }

    /// <summary>The table had nothing of the partition when it was assigned, and nothing of it has been taken since: the next range begins the partition.</summary>
    internal bool IsAtItsBeginning => beginsHere;

    /// <summary>
    /// Begins at an offset, or wherever the first record is; <paramref name="begins"/> if the table has nothing of the partition.
    /// </summary>
    internal void StartAt(Offset offset, bool begins = false)
    {
        beginsHere = begins;
        var at = offset.IsNumber ? offset : Offset.None;
        NextOffset = TakenOffset = StartOffset = lowestNext = at;
        Fetched = false;
        HasStart = true;
    }

    /// <summary>All below <paramref name="next"/> has been fetched.</summary>
    internal void Fetch(Offset next)
    {
        NextOffset = next;
        Fetched = true;
    }

    /// <summary>All below <paramref name="offset"/> has come, and what of it was to be taken was: the rest is others'.</summary>
    internal void Pass(Offset offset)
    {
        if (Missed || !(NextOffset < offset)) return;
        Fetch(offset);
    }

    /// <summary>The record at an offset, and what is behind it, is to be fetched again once it can be taken.</summary>
    internal void Await(Offset offset)
    {
        (Waits, Missed) = (true, true);
        NextOffset = offset;
    }

    internal void EndWait() => Waits = false;

    /// <summary>Reads on from another offset than where the segments end, forward or back: what lies between is given up.</summary>
    internal void PassTo(Offset offset)
    {
        NextOffset = offset.IsNumber ? offset : Offset.None;
        lowestNext = Offset.Min(lowestNext, NextOffset);
    }

    /// <summary>What was taken is published.</summary>
    internal void PublishTaken() => Offset.Write(ref publishedOffset, TakenOffset);

    /// <summary>The offsets below <paramref name="next"/> belong to segments now, those without a record too.</summary>
    internal void Take(Offset next)
    {
        Check.That(next >= lowestNext);
        TakenOffset = lowestNext = next;
        if (NextOffset < next) NextOffset = next;
        beginsHere = false;
    }
}
