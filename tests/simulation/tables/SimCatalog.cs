using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Simulation.Tests;

/// <summary>A catalog server as an engine reaches it.</summary>
internal sealed class SimCatalog(CatalogServer server, FaultyCalls calls) : ICatalog
{
    public Table Load(TableIdent ident) => TryLoad(ident) ?? throw new EngineException(ErrorKind.NotFound, $"table {ident} does not exist");

    public Table? TryLoad(TableIdent ident)
    {
        calls.Read($"catalog load {ident}");
        if (!calls.Dice.Chance(calls.Faults.Stale)) return server.TryLoad(ident);
        calls.Scheduler.Trace.Add(calls.Scheduler.NowMs, calls.Scheduler.CurrentThread, $"FAULT stale {ident}");
        return server.Earlier(ident, calls.Dice.Between(1, 3));
    }

    public Table Create(TableIdent ident, TableCreation creation) => calls.Change($"catalog create {ident}", () => server.Create(ident, creation));

    public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
    {
        var call = $"catalog commit {current.Ident} {string.Join(' ', updates.Select(u => u is MetadataUpdate.AddSnapshot s ? $"snapshot {s.Snapshot.SnapshotId}" : u.GetType().Name))}";
        try
        {
            if (calls.Dice.Chance(calls.Faults.Conflict)) throw calls.Error(call, Fault.Conflict);
            return calls.Change(call, () => Told(server.Commit(current, updates, requirements)));
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            return new CommitOutcome.Unknown(error);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Conflict)
        {
            return new CommitOutcome.Conflict(error.Message);
        }
    }

    public bool Drop(TableIdent ident, bool purge) => calls.Change($"catalog drop {ident}", () => server.Drop(ident, purge));

    public IEnumerable<ImmutableArray<string>> ListNamespaces() => server.ListNamespaces();

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => server.ListTables(inNamespace);

    private CommitOutcome Told(CommitOutcome outcome)
    {
        calls.Scheduler.Trace.Add(calls.Scheduler.NowMs, calls.Scheduler.CurrentThread, $"catalog says {outcome.GetType().Name}{(outcome is CommitOutcome.Conflict c ? $": {c.Why}" : "")}");
        return outcome;
    }
}
