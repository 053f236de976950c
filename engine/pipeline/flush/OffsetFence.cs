using System.Collections.Immutable;

namespace K2I.Pipeline;

/// <summary>
/// ENGINE rule 2: a flush may be committed only where, for each of its ranges, the table is exactly where the range begins. So of two
/// lanes, two hosts or a zombie only one commits an offset.
/// </summary>
/// <remarks>
/// <code>
///   the table has of the partition    the range                      passes
/// a nothing                           begins the partition           yes
/// b nothing                           goes on from some offset       no: what was before is gone
/// c an offset                         goes on from it                yes
/// d an offset                         begins, at that very offset    yes: another member has decided the beginning
/// e an offset                         begins, and is empty           yes, and changes nothing: so too
/// f an offset                         anything else                  no: another writer was here, or the table was rolled back
/// </code>
/// </remarks>
internal static class OffsetFence
{
    /// <param name="After">Where the table is with the flush.</param>
    /// <param name="Abort">Why it may not be committed; null where it may.</param>
    /// <param name="Recreated">A topic whose id is another than the table's: its offsets mean other records.</param>
    internal readonly record struct Result(OffsetMap After, string? Abort = null,
        (string Topic, string Known, string Id)? Recreated = null);

    /// <param name="standing">Where the table is, in the base of the commit.</param>
    /// <param name="ranges">Of the flush.</param>
    /// <param name="forgotten">Lives of topics, by id, that count no more.</param>
    internal static Result Check(OffsetMap standing, IEnumerable<OffsetRange> ranges, ImmutableHashSet<(string Topic, string Id)> forgotten)
    {
        var after = standing;
        foreach (var (source, from, next, begins) in ranges)
        {
            if (source.TopicId is { } mine && forgotten.Contains((source.Topic, mine)))
                return new(standing, $"{source.Topic} was created again while its records were on their way");
            if (source.TopicId is { } id && after.TopicId(source.Topic) is { } known && id != known)
                return new(standing, null, (source.Topic, known, id));
            var held = after.Next(source.Topic, source.Partition);
            if (begins && from == next && held is not null) continue;
            if (held is { } at ? at != from : !begins)
                return new(standing,
                    $"{source.Topic}[{source.Partition}]: the table is at offset "
                        + $"{held?.ToString() ?? "none"}, the flush begins at {from}: "
                        + "another writer was here, or the table was rolled back");
            after = after.With(source.Topic, source.TopicId, source.Partition, next);
        }
        return new(after);
    }
}
