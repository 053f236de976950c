using K2I.Base;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// A partition whose records go to tables by a value: the home that knows which there are, and they. The lane's thread.
/// </summary>
/// <remarks>
/// <code>
///   the home's next offset      the first record whose table has nothing of the partition yet: nothing of the home is committed beyond
///   a table's next offset       its own: it takes what is its own from there on, ahead of the home or behind
/// </code>
/// </remarks>
internal sealed class PartitionRoute(LanePartition partition, LanePartition.Feed home)
{
    private readonly Dictionary<string, LanePartition.Feed> tables = new(StringComparer.Ordinal);

    internal LanePartition Partition => partition;

    internal LanePartition.Feed Home => home;

    /// <summary>The source of the home, where it reads.</summary>
    internal Source? HomeSource => home.Source is { Reads: true } source ? source : null;

    /// <summary>The home has something of the partition in its table: from then on its tables begin where it is.</summary>
    internal bool HasBegun => HomeSource is { CommittedOffset.IsNumber: true };

    /// <summary>
    /// Nobody can say whose the record at this offset is: the home does not read, has not begun, or waits for its schema. From there on
    /// what comes is passed over. None: nothing is in the way.
    /// </summary>
    internal Offset BlockedAt { get; private set; } = Offset.None;

    internal bool IsBlocked => BlockedAt.IsNumber;

    /// <summary>Of the record there; null where it is not that.</summary>
    internal SchemaId? Schema { get; private set; }

    /// <summary>What the home waits for, while it does: the value whose table has nothing of the partition yet.</summary>
    internal string Awaited { get; set; } = "";

    /// <summary>The lane looks after it at each step.</summary>
    internal bool IsAttended { get; set; }

    /// <summary>The home's and those of the tables that read.</summary>
    internal IEnumerable<Source> Sources => tables.Values.Prepend(home).Select(f => f.Source).Where(s => s is { Reads: true })!;

    internal IEnumerable<LanePartition.Feed> Tables => tables.Values;

    internal LanePartition.Feed? TableOf(ReadOnlySpan<char> value) =>
        tables.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(value, out var feed) ? feed : null;

    /// <summary>These are the tables.</summary>
    internal void Use(IEnumerable<LanePartition.Feed> feeds)
    {
        tables.Clear();
        foreach (var feed in feeds)
            if (feed.Table.Options.Home == home.Table.Name) tables[feed.Table.Options.HomeValue] = feed;
    }

    /// <summary>Whose the record at an offset is cannot be said; all below has come to those whose it was.</summary>
    internal void Block(Offset at, SchemaId? schema = null)
    {
        if (!IsBlocked || at < BlockedAt) (BlockedAt, Schema) = (at, schema);
        foreach (var source in Sources)
        {
            source.Pass(BlockedAt);
            source.Missed = true;
        }
    }

    internal void Unblock() => (BlockedAt, Schema) = (Offset.None, null);

    /// <summary>All below has come to those whose it was.</summary>
    internal void Pass(Offset next)
    {
        if (IsBlocked) return;
        foreach (var source in Sources) source.Pass(next);
    }
}
