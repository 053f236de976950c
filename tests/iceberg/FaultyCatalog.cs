using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg.Tests;

/// <summary>A catalog with a network between: each commit takes the next fault of a script.</summary>
internal sealed class FaultyCatalog(ICatalog inner) : ICatalog
{
    public enum Fault
    {
        None,

        /// <summary>Refused before anything happened.</summary>
        Unavailable,

        /// <summary>Landed, the answer is lost.</summary>
        LostAfter,

        /// <summary>Landed, and was sent once more by someone between: the answer is the second's.</summary>
        Twice,

        /// <summary>The same, and the second was called nonsense, for there was nothing left to change.</summary>
        TwiceInvalid,

        /// <summary>Did not land, the answer is lost.</summary>
        LostBefore,

        /// <summary>Did not land yet: lands when the table is next loaded.</summary>
        LandsLater,

        /// <summary>Landed, the answer is lost, and someone else commits on top.</summary>
        LostAfterAndPassed,

        /// <summary>Did not land, the answer is lost, and someone else commits instead.</summary>
        LostBeforeAndPassed,
    }

    private Action? pending;

    public Queue<Fault> Script { get; } = new();

    public int FailingLoads { get; set; }

    public Action Passing { get; set; } = () => { };

    public Table Load(TableIdent ident) => TryLoad(ident) ?? throw new EngineException(ErrorKind.NotFound, ident.ToString());

    public Table? TryLoad(TableIdent ident)
    {
        if (FailingLoads > 0)
        {
            FailingLoads--;
            throw new EngineException(ErrorKind.Unavailable, "the catalog is away");
        }
        var table = inner.TryLoad(ident);
        // What was sent before arrives just after this answer left.
        pending?.Invoke();
        pending = null;
        return table;
    }

    public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

    public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
    {
        var fault = Script.Count > 0 ? Script.Dequeue() : Fault.None;
        switch (fault)
        {
            case Fault.None:
                return inner.Commit(current, updates, requirements);
            case Fault.Unavailable:
                throw new EngineException(ErrorKind.Unavailable, "refused");
            case Fault.Twice:
                _ = inner.Commit(current, updates, requirements);
                return new CommitOutcome.Conflict("someone was first");
            case Fault.TwiceInvalid:
                _ = inner.Commit(current, updates, requirements);
                throw new EngineException(ErrorKind.Invalid, "there is no such thing");
            case Fault.LandsLater:
                pending = () => inner.Commit(current, updates, requirements);
                return Lost();
            case Fault.LostAfter or Fault.LostAfterAndPassed:
                _ = inner.Commit(current, updates, requirements);
                break;
        }
        if (fault is Fault.LostAfterAndPassed or Fault.LostBeforeAndPassed) Passing();
        return Lost();

        static CommitOutcome Lost() => new CommitOutcome.Unknown(new EngineException(ErrorKind.Unknown, "the answer is lost"));
    }

    public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

    public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
}
