namespace K2I.Query;

/// <summary>Where rows of a query come from, in steps. One thread.</summary>
internal interface IRowSource : IDisposable
{
    /// <summary>
    /// Looks at some more rows, at most as many as a batch may have, and offers those that are wanted. False: there are no more.
    /// </summary>
    bool TryStep(IRowConsumer consumer);
}
