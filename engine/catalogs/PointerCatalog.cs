using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;

using K2I.Base;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Catalogs;

/// <summary>
/// The catalog of all that keep metadata files under pointers. A commit writes the next metadata under a name that was never used and
/// swaps the pointer; names are those of Iceberg Java: <c>metadata/NNNNN-uuid.metadata.json</c>.
/// </summary>
/// <remarks>
/// What a lost answer to a swap means:
/// <code>
/// the name points to our file, or to one that has it in its log        Committed
/// it points to one that has our base in its log, but not our file      Conflict: no swap on that base can happen any more
/// it still points to our base, to anything else, or cannot be asked    Unknown
/// </code>
/// Files of commits that are in doubt stay. A pointer's file never changes, so one that was read is not read again while the pointer stays.
/// </remarks>
public sealed class PointerCatalog(IPointers pointers, IObjectStore store, IClock? clock = null, IRandom? random = null) : ICatalog
{
    private const int MostCached = 256, Looks = 3;

    private const string Suffix = ".metadata.json";

    private readonly IClock clock = clock ?? SystemClock.Instance;
    private readonly IRandom random = random ?? SystemRandom.Instance;
    private readonly ConcurrentDictionary<TableIdent, Table> newest = new();

    public Table Load(TableIdent ident) =>
        TryLoad(ident) ?? throw new EngineException(ErrorKind.NotFound, $"table {ident} does not exist in {pointers.Name}");

    public Table? TryLoad(TableIdent ident)
    {
        TableNames.Require(ident, strict: false);
        for (var look = 1; ; look++)
        {
            if (pointers.Find(ident) is not { } location)
            {
                newest.TryRemove(ident, out _);
                return null;
            }
            if (newest.TryGetValue(ident, out var known) && known.MetadataLocation == location) return known;
            try
            {
                return Keep(new Table(ident, TableMetadataJson.Parse(store.Read(location), location), location));
            }
            catch (EngineException error) when (error.Kind == ErrorKind.NotFound)
            {
                // Removed after the pointer had moved on: look again.
                if (look < Looks) continue;
                throw new EngineException(ErrorKind.Corrupt, $"table {ident}: {pointers.Name} names {location}, which is not there", error);
            }
        }
    }

    public Table Create(TableIdent ident, TableCreation creation)
    {
        TableNames.Require(ident, strict: false);
        var place = Location.Normalize(creation.Location ?? pointers.PlaceOf(ident));
        if (pointers.SharesFiles)
            creation = creation with { Properties = creation.Properties.SetItem(TableProperties.GarbageCollection, "false") };
        var metadata = creation.Build(ident, random.NewGuid().ToString(), place, clock.UnixMs);
        if (pointers.Find(ident) is not null) throw Exists(ident);
        var table = Write(ident, metadata, 0);
        try
        {
            if (!Settled(table.MetadataLocation, () => pointers.Add(table))) throw Exists(ident);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            if (Now(ident)?.MetadataLocation != table.MetadataLocation)
                throw InDoubt(ident, error);
        }
        KillPoint.Hit("catalog.table-made");
        return Keep(table);
    }

    public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
    {
        var next = MetadataFiles.Next(current, updates, requirements, clock.UnixMs, out var violation);
        if (next is null) return new CommitOutcome.Conflict($"table {current.Ident}: {violation}");
        if (ReferenceEquals(next, current.Metadata)) return new CommitOutcome.Committed(current);
        var table = Write(current.Ident, next, VersionOf(current.MetadataLocation) + 1);
        KillPoint.Hit("catalog.before-version");
        try
        {
            if (!Settled(table.MetadataLocation, () => pointers.Swap(current, table)))
                return new CommitOutcome.Conflict($"table {current.Ident}: it was changed meanwhile");
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            if (Fate(current, table) is not CommitOutcome.Committed and var other)
            {
                if (other is CommitOutcome.Conflict) MetadataFiles.TryDelete(store, table.MetadataLocation);
                return other ?? new CommitOutcome.Unknown(InDoubt(current.Ident, error));
            }
        }
        KillPoint.Hit("catalog.version-made");
        MetadataFiles.DropOld(store, current.Metadata, next);
        return new CommitOutcome.Committed(Keep(table));
    }

    public bool Drop(TableIdent ident, bool purge)
    {
        // Asked before the name is gone: what cannot be read then is not dropped.
        if (TryLoad(ident) is not { } table) return false;
        if (purge && pointers.SharesFiles)
            throw new EngineException(ErrorKind.Unsupported,
                $"table {ident}: others may share its files in {pointers.Name}; drop it without purge");
        var files = purge ? MetadataFiles.All(table, store) : [];
        if (!pointers.Remove(ident)) return false;
        newest.TryRemove(ident, out _);
        MetadataFiles.Purge(store, ident, files, "is dropped");
        return true;
    }

    public Table Register(TableIdent ident, string metadataLocation)
    {
        TableNames.Require(ident, strict: false);
        var table = new Table(ident, TableMetadataJson.Parse(store.Read(metadataLocation), metadataLocation), metadataLocation);
        return pointers.Add(table) ? Keep(table) : throw Exists(ident);
    }

    public void Rename(TableIdent from, TableIdent to)
    {
        TableNames.Require(from, strict: false);
        TableNames.Require(to, strict: false);
        if (!pointers.Rename(from, to)) throw new EngineException(ErrorKind.NotFound, $"table {from} does not exist in {pointers.Name}");
        newest.TryRemove(from, out _);
        newest.TryRemove(to, out _);
    }

    public IEnumerable<ImmutableArray<string>> ListNamespaces() => pointers.ListNamespaces();

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace)
    {
        TableNames.RequireNamespace(inNamespace, strict: false);
        return pointers.ListTables(inNamespace);
    }

    /// <summary>The number that a metadata file's name begins with; -1 for another kind of name.</summary>
    internal static int VersionOf(string location)
    {
        var name = Location.NameOf(location);
        return name.IndexOf('-', StringComparison.Ordinal) is var end and > 0
            && int.TryParse(name.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
    }

    private Table Write(TableIdent ident, TableMetadata metadata, int version)
    {
        var zipped = MetadataFiles.AreZipped(metadata);
        var name = string.Create(CultureInfo.InvariantCulture, $"{version:00000}-{random.NewGuid()}{(zipped ? ".gz" : "")}{Suffix}");
        var location = $"{metadata.MetadataFolder}/{name}";
        try
        {
            store.Put(location, TableMetadataJson.ToBytes(metadata, zipped));
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            // Nothing names it yet, so whether it is there does not matter.
            throw new EngineException(ErrorKind.Unavailable, error.Message, error);
        }
        return new Table(ident, metadata, location);
    }

    /// <summary>Does a change to pointers; the new file goes if it did not take effect, and stays in doubt.</summary>
    private bool Settled(string written, Func<bool> change)
    {
        var undone = true;
        try
        {
            return !(undone = !change());
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            undone = false;
            throw;
        }
        finally
        {
            if (undone) MetadataFiles.TryDelete(store, written);
        }
    }

    /// <summary>What became of a swap whose answer was lost; null: it is not known.</summary>
    private CommitOutcome? Fate(Table before, Table next)
    {
        if (Now(before.Ident) is not { } now || now.Metadata.Uuid != next.Metadata.Uuid) return null;
        if (now.MetadataLocation == next.MetadataLocation || Logs(now, next)) return new CommitOutcome.Committed(next);
        return Logs(now, before) ? new CommitOutcome.Conflict($"table {before.Ident}: it was changed meanwhile") : null;
    }

    private static bool Logs(Table now, Table earlier) => now.Metadata.MetadataLog.Any(e => e.Location == earlier.MetadataLocation);

    private Table? Now(TableIdent ident)
    {
        try
        {
            return TryLoad(ident);
        }
        catch (EngineException)
        {
            return null;
        }
    }

    private Table Keep(Table table)
    {
        if (newest.Count >= MostCached) newest.Clear();
        return newest[table.Ident] = table;
    }

    private static EngineException InDoubt(TableIdent ident, EngineException error) =>
        new(ErrorKind.Unknown, $"table {ident}: {error.Message}", error);

    private EngineException Exists(TableIdent ident) => new(ErrorKind.AlreadyExists, $"table {ident} exists already in {pointers.Name}");
}
