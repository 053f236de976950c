using System.Text;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// A Kafka partition as one table reads it; its offsets are next offsets, <see cref="Offset.None"/> until one is known. Ingest thread writes;
/// <see cref="NextOffset"/> and the flags may be read by any thread for status.
/// </summary>
internal sealed class Source(int index, string topic, int partition)
{
    private Offset nextOffset = Offset.None;
    private Offset highWatermark = Offset.None;
    private Offset committedOffset = Offset.None;
    private bool beginsHere;

    /// <summary>
    /// Nothing below is taken any more: where segments end, or lower where a person let go of offsets that Kafka has not.
    /// </summary>
    private Offset lowestNext = Offset.None;

    /// <summary>A small number that stands for the partition within a session.</summary>
    internal int Index { get; } = index;

    internal string Topic { get; } = topic;

    internal int Partition { get; } = partition;

    internal byte[] TopicUtf8 { get; } = Encoding.UTF8.GetBytes(topic);

    /// <summary>The broker's id of the topic; changes when it is deleted and created again.</summary>
    internal string? TopicId { get; set; }

    /// <summary>Where the next record is expected; lower ones were read before. None: the first record says where that is.</summary>
    internal Offset NextOffset
    {
        get => Offset.Read(in nextOffset);
        set => Offset.Write(ref nextOffset, value);
    }

    /// <summary>The broker's end of the partition when last seen.</summary>
    internal Offset HighWatermark
    {
        get => Offset.Read(in highWatermark);
        set => Offset.Write(ref highWatermark, value);
    }

    /// <summary>The table's next offset; None if it has none. Written by the flush thread after a commit.</summary>
    internal Offset CommittedOffset
    {
        get => Offset.Read(in committedOffset);
        set => Offset.Write(ref committedOffset, value);
    }

    /// <summary>Up to where offsets belong to segments; trails <see cref="NextOffset"/> by the records that are held.</summary>
    internal Offset TakenOffset { get; private set; } = Offset.None;

    /// <summary>Up to where Kafka was told, or is about to be.</summary>
    internal Offset AckedOffset { get; set; } = Offset.None;

    /// <summary>Where the last assignment began; None where the first record was to say.</summary>
    internal Offset StartOffset { get; private set; } = Offset.None;

    internal bool Assigned { get; set; }

    /// <summary>Something of the partition was fetched since it was assigned: a record, or where it ends. So its offsets are ones that Kafka holds.</summary>
    internal bool Fetched { get; private set; }

    /// <summary>The table had nothing of the partition when it was assigned, and nothing of it has been taken since: the next range begins the partition.</summary>
    internal bool IsAtItsBeginning => beginsHere;

    /// <summary>
    /// Begins at a start offset, or, where that is a word, wherever the first record is; <paramref name="begins"/> if the table has nothing of
    /// the partition.
    /// </summary>
    internal void StartAt(Offset offset, bool begins = false)
    {
        beginsHere = begins;
        NextOffset = TakenOffset = StartOffset = lowestNext = NumberOf(offset);
        AckedOffset = Offset.None;
        Fetched = false;
        Assigned = true;
    }

    /// <summary>All below <paramref name="next"/> has been fetched.</summary>
    internal void Fetch(Offset next)
    {
        NextOffset = next;
        Fetched = true;
    }

    /// <summary>Reads on from another offset than where the segments end, forward or back: what lies between is given up.</summary>
    internal void PassTo(Offset offset)
    {
        NextOffset = NumberOf(offset);
        lowestNext = Offset.Min(lowestNext, NextOffset);
    }

    /// <summary>The offsets below <paramref name="next"/> belong to segments now, those without a record too.</summary>
    internal void Take(Offset next)
    {
        Check.That(next >= lowestNext && AckedOffset <= TakenOffset);
        TakenOffset = lowestNext = next;
        if (NextOffset < next) NextOffset = next;
        beginsHere = false;
    }

    private static Offset NumberOf(Offset offset) => offset.IsNumber ? offset : Offset.None;
}
