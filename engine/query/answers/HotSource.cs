using System.Collections.Immutable;

namespace K2I.Query;

/// <summary>
/// The rows of a view that lie in memory, segment by segment, in windows of so many rows that memory can be taken back between them. Owner
/// of the view, which it lets go with the last row.
/// </summary>
internal sealed class HotSource(ReadView view, ImmutableArray<HotRows> segments, HotPlan plan, int first = 0) : IRowSource
{
    private int segment;
    private int next = first;

    public bool TryStep(IRowConsumer consumer)
    {
        while (segment < segments.Length && next == segments[segment].Rows) (segment, next) = (segment + 1, 0);
        if (segment == segments.Length)
        {
            Dispose();
            return false;
        }
        using var step = view.Use();
        next = plan.Offer(segments[segment].Batch, next, consumer);
        return true;
    }

    public void Dispose()
    {
        view.Dispose();
        plan.Dispose();
    }
}
