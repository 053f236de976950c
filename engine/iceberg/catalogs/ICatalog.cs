using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Names to tables, and the one place where a commit becomes true: an atomic swap of a table's metadata. Any thread may call; calls block.</summary>
/// <remarks>
/// Unknown is not failed. A commit whose answer is lost may have landed: <see cref="Commit"/> says so by <see cref="CommitOutcome.Unknown"/>, and the
/// caller must find out (by its snapshot id) before it repeats the commit or deletes a file that it names. <see cref="Create"/>,
/// <see cref="Drop"/>,
/// <see cref="Register"/> and <see cref="Rename"/> say it by an <c>EngineException</c> of kind Unknown; look whether the table is there.
/// Every other failure is certain not to have taken effect:
/// NotFound (no such table or namespace), AlreadyExists, Denied, Invalid (a name or change the catalog refuses), Unavailable, Corrupt, Unsupported.
/// </remarks>
public interface ICatalog
{
    /// <summary>The table as it is now; NotFound if there is none.</summary>
    Table Load(TableIdent ident);

    /// <summary>The table as it is now, or null.</summary>
    Table? TryLoad(TableIdent ident);

    /// <summary>Creates a table; AlreadyExists if one has the name. Go by the ids and the location of the table returned.</summary>
    Table Create(TableIdent ident, TableCreation creation);

    /// <summary>
    /// Makes the updates the table's next metadata if the requirements hold. Lands wholly or not at all. A catalog may refuse any base but the newest (Conflict);
    /// one that need not is held to the requirements only: they must name all that the updates rely on.
    /// </summary>
    CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements);

    /// <summary>Forgets a table; with <paramref name="purge"/> its files go too. False if there was none.</summary>
    bool Drop(TableIdent ident, bool purge);

    /// <summary>
    /// Gives a table that exists as files a name; AlreadyExists if one has the name. Unsupported where the catalog cannot.
    /// </summary>
    Table Register(TableIdent ident, string metadataLocation) =>
        throw new EngineException(ErrorKind.Unsupported,
            $"table {ident} cannot be registered: this catalog takes no tables that it did not create");

    /// <summary>
    /// Gives a table another name; its files stay. NotFound if there is none, AlreadyExists if the new name is taken. Unsupported where
    /// the catalog cannot.
    /// </summary>
    void Rename(TableIdent from, TableIdent to) =>
        throw new EngineException(ErrorKind.Unsupported, $"table {from} cannot be renamed: this catalog has no such call");

    /// <summary>Every namespace, each as its levels.</summary>
    IEnumerable<ImmutableArray<string>> ListNamespaces();

    IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace);
}
