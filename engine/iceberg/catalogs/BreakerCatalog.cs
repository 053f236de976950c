using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>A catalog behind a circuit breaker: while it does not answer, calls fail at once as Unavailable, before anything was sent. Outcomes pass unchanged.</summary>
public sealed class BreakerCatalog(ICatalog inner, CircuitBreaker breaker) : ICatalog
{
    public Table Load(TableIdent ident) => breaker.Call(() => inner.Load(ident));

    public Table? TryLoad(TableIdent ident) => breaker.Call(() => inner.TryLoad(ident));

    public Table Create(TableIdent ident, TableCreation creation) => breaker.Call(() => inner.Create(ident, creation));

    public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
    {
        var probe = breaker.Enter();
        EngineException? failure = null;
        try
        {
            var outcome = inner.Commit(current, updates, requirements);
            failure = (outcome as CommitOutcome.Unknown)?.Error;
            return outcome;
        }
        catch (EngineException error)
        {
            failure = error;
            throw;
        }
        finally
        {
            breaker.Leave(probe, failure);
        }
    }

    public bool Drop(TableIdent ident, bool purge) => breaker.Call(() => inner.Drop(ident, purge));

    public Table Register(TableIdent ident, string metadataLocation) => breaker.Call(() => inner.Register(ident, metadataLocation));

    public void Rename(TableIdent from, TableIdent to) => breaker.Call(() =>
    {
        inner.Rename(from, to);
        return true;
    });

    // Listings are for commands and read as a whole: a circuit is told how they ended.
    public IEnumerable<ImmutableArray<string>> ListNamespaces() => breaker.Call(() => inner.ListNamespaces().ToList());

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => breaker.Call(() => inner.ListTables(inNamespace).ToList());
}
