namespace K2I.Query;

/// <summary>Rows of some sources in order: all are looked at before the first is given. Owner of both.</summary>
internal sealed class OrderedSource(IEnumerable<IRowSource> sources, TopRows first) : IRowSource
{
    private readonly Queue<IRowSource> left = new(sources);

    public bool TryStep(IRowConsumer consumer)
    {
        if (!left.TryPeek(out var source)) return first.TryStep(consumer);
        if (!source.TryStep(first)) left.Dequeue().Dispose();
        return true;
    }

    public void Dispose()
    {
        foreach (var source in left) source.Dispose();
        first.Dispose();
    }
}
