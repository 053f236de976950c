using System.Collections.Immutable;

using K2I.Base;
using K2I.Iceberg;

namespace K2I.Catalogs;

/// <summary>
/// What a catalog keeps of tables whose metadata lies in files: their names, and for each a pointer to its newest metadata file. Any
/// thread may call; calls block.
/// </summary>
/// <remarks>
/// A change that may have taken effect though its answer was lost is an <see cref="EngineException"/> of kind Unknown; it is not tried
/// again in here. Every other failure, and every false, is certain: the change did not take effect and never will.
/// </remarks>
public interface IPointers
{
    /// <summary>Where the pointers are, for messages; without a secret.</summary>
    string Name { get; }

    /// <summary>The folder of a new table that is told no place; without a slash at the end. Invalid for a name that cannot be.</summary>
    string PlaceOf(TableIdent ident);

    /// <summary>The metadata file that the name points to; null if there is no such name. Unsupported: it is no Iceberg table.</summary>
    string? Find(TableIdent ident);

    /// <summary>Points a new name to a table's metadata file, and makes its namespace; false if the name is taken.</summary>
    bool Add(Table table);

    /// <summary>
    /// Points the name to another metadata file if it points to that of <paramref name="before"/>, in one atomic step; false if it does
    /// not.
    /// </summary>
    bool Swap(Table before, Table next);

    /// <summary>Takes the name away; false if there was none.</summary>
    bool Remove(TableIdent ident);

    /// <summary>
    /// Gives what the name points to another name, in one atomic step; false if there is no such name. AlreadyExists if the new one is
    /// taken, Unsupported where that cannot be.
    /// </summary>
    bool Rename(TableIdent from, TableIdent to) =>
        throw new EngineException(ErrorKind.Unsupported, $"table {from} cannot be renamed: {Name} has no such step");

    /// <summary>
    /// True where something else may name the same files, such as another branch: no table's files are deleted with its name, nor by its
    /// upkeep.
    /// </summary>
    bool SharesFiles => false;

    /// <summary>Every namespace, each as its levels.</summary>
    IEnumerable<ImmutableArray<string>> ListNamespaces();

    /// <summary>Names of Iceberg tables; what else the catalog has is passed over.</summary>
    IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace);
}
