using System.Collections.Immutable;

namespace K2I.Catalogs.Tests;

/// <summary>Pointers of a catalog that is nothing else.</summary>
internal sealed class MemoryPointers : IPointers
{
    private readonly Dictionary<TableIdent, string> pointers = [];

    public string Name => "memory";

    public string PlaceOf(TableIdent ident) => $"memory://wh/{string.Join('/', ident.Namespace)}/{ident.Name}";

    public string? Find(TableIdent ident)
    {
        lock (pointers) return pointers.GetValueOrDefault(ident);
    }

    public bool Add(Table table)
    {
        lock (pointers) return pointers.TryAdd(table.Ident, table.MetadataLocation);
    }

    public bool Swap(Table before, Table next)
    {
        lock (pointers)
        {
            if (pointers.GetValueOrDefault(before.Ident) != before.MetadataLocation) return false;
            pointers[next.Ident] = next.MetadataLocation;
            return true;
        }
    }

    public bool Remove(TableIdent ident)
    {
        lock (pointers) return pointers.Remove(ident);
    }

    public IEnumerable<ImmutableArray<string>> ListNamespaces()
    {
        lock (pointers)
            return [.. pointers.Keys
                .SelectMany(t => Enumerable.Range(1, t.Namespace.Length).Select(n => string.Join('.', t.Namespace[..n])))
                .Distinct().Select(n => n.Split('.').ToImmutableArray())];
    }

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace)
    {
        lock (pointers) return [.. pointers.Keys.Where(t => t.Namespace.SequenceEqual(inNamespace))];
    }
}
