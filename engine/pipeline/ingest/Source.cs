using System.Text;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>A Kafka partition as one table reads it. Ingest thread writes; <see cref="NextOffset"/> and the flags may be read by any thread for status.</summary>
internal sealed class Source(int index, string topic, int partition)
{
    private long nextOffset = Unknown;
    private long highWatermark = Unknown;
    private long committedOffset = Unknown;
    private bool beginsHere;

    /// <summary>Nothing below is taken any more: where segments end, or lower where a person let go of offsets that Kafka has not.</summary>
    private long lowestNext = Unknown;

    /// <summary>No offset yet: the first record says where the partition starts.</summary>
    internal const long Unknown = -1;

    /// <summary>A small number that stands for the partition within a session.</summary>
    internal int Index { get; } = index;

    internal string Topic { get; } = topic;

    internal int Partition { get; } = partition;

    internal byte[] TopicUtf8 { get; } = Encoding.UTF8.GetBytes(topic);

    /// <summary>The broker's id of the topic; changes when it is deleted and created again.</summary>
    internal string? TopicId { get; set; }

    /// <summary>Where the next record is expected; lower ones were read before.</summary>
    internal long NextOffset
    {
        get => Volatile.Read(ref nextOffset);
        set => Volatile.Write(ref nextOffset, value);
    }

    /// <summary>The broker's end of the partition when last seen; <see cref="Unknown"/> until then.</summary>
    internal long HighWatermark
    {
        get => Volatile.Read(ref highWatermark);
        set => Volatile.Write(ref highWatermark, value);
    }

    /// <summary>The table's next offset; <see cref="Unknown"/> if it has none. Written by the flush thread after a commit.</summary>
    internal long CommittedOffset
    {
        get => Volatile.Read(ref committedOffset);
        set => Volatile.Write(ref committedOffset, value);
    }

    /// <summary>Up to where offsets belong to segments; trails <see cref="NextOffset"/> by the records that are held.</summary>
    internal long TakenOffset { get; private set; } = Unknown;

    /// <summary>Up to where Kafka was told, or is about to be.</summary>
    internal long AckedOffset { get; set; } = Unknown;

    /// <summary>Where the last assignment began; <see cref="Unknown"/> where the first record was to say.</summary>
    internal long StartOffset { get; private set; } = Unknown;

    internal bool Assigned { get; set; }

    /// <summary>Something of the partition was fetched since it was assigned: a record, or where it ends. So its offsets are ones that Kafka holds.</summary>
    internal bool Fetched { get; private set; }

    /// <summary>The table had nothing of the partition when it was assigned, and nothing of it has been taken since: the next range begins the partition.</summary>
    internal bool IsAtItsBeginning => beginsHere;

    /// <summary>Begins at a start offset, or wherever the first record is (<see cref="Unknown"/>); <paramref name="begins"/> if the table has nothing of the partition.</summary>
    internal void StartAt(long offset, bool begins = false)
    {
        beginsHere = begins;
        NextOffset = TakenOffset = StartOffset = lowestNext = Math.Max(offset, Unknown);
        AckedOffset = Unknown;
        Fetched = false;
        Assigned = true;
    }

    /// <summary>All below <paramref name="next"/> has been fetched.</summary>
    internal void Fetch(long next)
    {
        NextOffset = next;
        Fetched = true;
    }

    /// <summary>Reads on from another offset than where the segments end, forward or back: what lies between is given up.</summary>
    internal void PassTo(long offset)
    {
        NextOffset = Math.Max(offset, Unknown);
        lowestNext = Math.Min(lowestNext, NextOffset);
    }

    /// <summary>The offsets below <paramref name="next"/> belong to segments now, those without a record too.</summary>
    internal void Take(long next)
    {
        Check.That(next >= lowestNext && AckedOffset <= TakenOffset);
        TakenOffset = lowestNext = next;
        if (NextOffset < next) NextOffset = next;
        beginsHere = false;
    }
}
