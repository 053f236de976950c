using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Catalogs.Tests;

/// <summary>A catalog whose next change loses its answer: after it took effect, or without.</summary>
internal sealed class FaultyPointers(IPointers inner) : IPointers
{
    /// <summary>Done instead of the next change; it is given the change.</summary>
    public Action<Action>? Losing { get; set; }

    public string Name => inner.Name;

    public bool SharesFiles => inner.SharesFiles;

    public string PlaceOf(TableIdent ident) => inner.PlaceOf(ident);

    public string? Find(TableIdent ident) => inner.Find(ident);

    public bool Add(Table table) => Lose(() => inner.Add(table));

    public bool Swap(Table before, Table next) => Lose(() => inner.Swap(before, next));

    public bool Remove(TableIdent ident) => Lose(() => inner.Remove(ident));

    public bool Rename(TableIdent from, TableIdent to) => inner.Rename(from, to);

    public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);

    private bool Lose(Func<bool> change)
    {
        if (Losing is not { } losing) return change();
        Losing = null;
        losing(() => Assert.True(change()));
        throw new EngineException(ErrorKind.Unknown, "the test lost the answer");
    }
}
