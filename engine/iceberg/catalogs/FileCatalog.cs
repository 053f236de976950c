using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Tables as folders: <c>WAREHOUSE/ns/table/metadata/vN.metadata.json</c>, N from 1 without gaps; the highest N is the table. Any number of processes may share it.</summary>
/// <remarks>
/// A commit creates version N+1 unless it is there: the store's atomic create decides between racing writers. <c>version-hint.text</c> holds some N
/// that once was the highest; readers start there and look for higher ones. This is the layout that Iceberg Java calls a Hadoop table.
/// </remarks>
public sealed class FileCatalog : ICatalog
{
    /// <summary>The file that says where readers begin to look for the newest version.</summary>
    public const string HintName = "version-hint.text";

    private const string MetadataSuffix = ".metadata.json", ZippedSuffix = ".gz.metadata.json";

    private readonly IObjectStore store;
    private readonly IClock clock;
    private readonly bool strictNames;
    private readonly IRandom random;
    private readonly MetadataCache cache = new();

    /// <summary>By a table's folder of metadata the version that was the newest, and what its name ended in: where to look first.</summary>
    private readonly ConcurrentDictionary<string, (int Version, string Suffix)> newest = new(StringComparer.Ordinal);

    /// <param name="store">Holds the warehouse.</param>
    /// <param name="warehouse">The folder all tables lie below.</param>
    /// <param name="clock">For the times in metadata.</param>
    /// <param name="strictNames">Only <c>a-z 0-9 _</c> in names; otherwise anything that stays in its folder.</param>
    /// <param name="random">For the tables' uuids.</param>
    public FileCatalog(IObjectStore store, string warehouse, IClock? clock = null, bool strictNames = true, IRandom? random = null)
    {
        this.store = store;
        Warehouse = Location.Normalize(warehouse);
        this.clock = clock ?? SystemClock.Instance;
        this.strictNames = strictNames;
        this.random = random ?? SystemRandom.Instance;
    }

    public string Warehouse { get; }

    public Table Load(TableIdent ident) => TryLoad(ident) ?? throw new EngineException(ErrorKind.NotFound, $"table {ident} does not exist in {Warehouse}");

    public Table? TryLoad(TableIdent ident)
    {
        var folder = MetadataFolder(ident);
        if (newest.TryGetValue(folder, out var known) && TryNewest(known.Version, known.Suffix) is { } same) return same;
        var hint = ReadHint(folder);
        if (hint > 0 && TryNewest(hint, known.Suffix ?? MetadataSuffix) is { } table) return table;
        for (var attempt = 0; ; attempt++)
        {
            var (version, location) = FindLatest(folder, hint);
            if (version == 0) return null;
            // An old version may be removed after a newer one was made: then there is another to be found.
            if (TryRead(location, isNeeded: attempt == 3) is { } found) return found;
            hint = ReadHint(folder);
        }

        // Null if it is gone, or another one is there after it: all of their names are asked for at once.
        Table? TryNewest(int version, string suffix)
        {
            var location = NameOf(folder, version) + suffix;
            return store.ReadAll([location, .. NamesOf(folder, version + 1)]) is [{ } bytes, null, null, null] ? Parsed(location, bytes) : null;
        }

        Table Parsed(string location, byte[] bytes)
        {
            var metadata = cache.Parse(location, bytes);
            Note(folder, location);
            return new Table(ident, metadata, location);
        }

        Table? TryRead(string location, bool isNeeded = false)
        {
            try
            {
                return Parsed(location, store.Read(location));
            }
            catch (EngineException error) when (error.Kind == ErrorKind.NotFound && !isNeeded)
            {
                return null;
            }
        }
    }

    public Table Create(TableIdent ident, TableCreation creation)
    {
        var folder = MetadataFolder(ident);
        var location = TableFolder(ident);
        if (creation.Location is { } wanted && Location.Normalize(wanted) != location)
            throw new EngineException(ErrorKind.Invalid, $"table {ident} cannot lie at {wanted}: a file catalog puts it at {location}");
        if (FindLatest(folder, ReadHint(folder)).Version > 0) throw Exists(ident);
        var metadata = creation.Build(ident, random.NewGuid().ToString(), location, clock.UnixMs);
        var (file, bytes) = Version(folder, 1, metadata, metadata);
        bool made;
        try
        {
            made = store.PutIfAbsent(file, bytes);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            made = Holds(file, bytes) ?? throw new EngineException(ErrorKind.Unknown, $"table {ident}: {error.Message}", error);
        }
        if (!made) throw Exists(ident);
        Note(folder, file);
        KillPoint.Hit("catalog.table-made");
        WriteHint(folder, 1);
        return new Table(ident, metadata, file);
    }

    public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
    {
        var folder = MetadataFolder(current.Ident);
        if (VersionOf(Location.NameOf(current.MetadataLocation)) is not { } version)
            throw new EngineException(ErrorKind.Invalid, $"table {current.Ident}: {current.MetadataLocation} is not a metadata file of this catalog");
        var next = MetadataFiles.Next(current, updates, requirements, clock.UnixMs, out var violation);
        if (next is null) return new CommitOutcome.Conflict($"table {current.Ident}: {violation}");
        if (ReferenceEquals(next, current.Metadata)) return new CommitOutcome.Committed(current);
        if (next.Location != current.Metadata.Location) throw new EngineException(ErrorKind.Invalid, $"table {current.Ident}: a file catalog cannot move it to {next.Location}");
        var found = store.FindFirst([.. NamesOf(folder, version + 1), current.MetadataLocation]);
        if (found is null) return new CommitOutcome.Conflict($"table {current.Ident}: its metadata version {version} is gone");
        if (found != current.MetadataLocation)
            return new CommitOutcome.Conflict($"table {current.Ident}: version {version + 1} was committed meanwhile");
        var (file, bytes) = Version(folder, version + 1, current.Metadata, next);
        KillPoint.Hit("catalog.before-version");
        try
        {
            if (!store.PutIfAbsent(file, bytes)) return new CommitOutcome.Conflict($"table {current.Ident}: version {version + 1} was committed meanwhile");
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            // The store may have made the file: whoever's bytes lie there won. If nothing does, it may still appear.
            switch (Holds(file, bytes))
            {
                case false:
                    return new CommitOutcome.Conflict($"table {current.Ident}: version {version + 1} was committed meanwhile");
                case null:
                    return new CommitOutcome.Unknown(error);
            }
        }
        // A writer that slept between the look and the write: the version it builds on may be long past and removed, and its own one be a file that no table knows.
        if (!store.Exists(current.MetadataLocation))
            return new CommitOutcome.Unknown(new EngineException(ErrorKind.Unknown, $"table {current.Ident}: version {version} was removed while version {version + 1} was written"));
        cache.Keep(current.MetadataLocation, file, bytes, next);
        Note(folder, file);
        KillPoint.Hit("catalog.version-made");
        WriteHint(folder, version + 1);
        KillPoint.Hit("catalog.hint-written");
        MetadataFiles.DropOld(store, current.Metadata, next);
        return new CommitOutcome.Committed(new Table(current.Ident, next, file));
    }

    public bool Drop(TableIdent ident, bool purge)
    {
        var folder = TableFolder(ident);
        var metadata = MetadataFolder(ident);
        if (FindLatest(metadata, ReadHint(metadata)).Version == 0) return false;
        if (!purge) throw new EngineException(ErrorKind.Unsupported, $"table {ident}: in a file catalog the files are the table; drop it with purge");
        // Metadata last, newest last of all: until then the table is there, if not whole, and can be dropped again.
        var files = store.List(folder + "/").Select(f => f.Location).ToLookup(f => f.StartsWith(metadata + "/v", StringComparison.Ordinal));
        var versions = files[true].OrderBy(f => VersionOf(Location.NameOf(f)) ?? 0).ToList();
        foreach (var some in (List<string>[])[[.. files[false]], [.. versions.SkipLast(1)], [.. versions.TakeLast(1)]])
            MetadataFiles.Purge(store, ident, some, "is there still");
        return true;
    }

    public Table Register(TableIdent ident, string metadataLocation) => throw new EngineException(ErrorKind.Unsupported,
        $"table {ident} cannot be registered: in a file catalog the folder is the table; "
        + "`k2i tables … --metadata` looks at one that lies elsewhere");

    public void Rename(TableIdent from, TableIdent to) => throw new EngineException(ErrorKind.Unsupported,
        $"table {from} cannot be renamed: in a file catalog the folder is the name, and the files are known by it");

    public IEnumerable<ImmutableArray<string>> ListNamespaces() => NamespacesBelow([]);

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace)
    {
        TableNames.RequireNamespace(inNamespace, strictNames);
        foreach (var name in Folders(inNamespace))
            if (IsTable(inNamespace, name)) yield return new TableIdent(inNamespace, name);
    }

    /// <summary>The version in a metadata file's name (<c>v12.metadata.json</c>, <c>v12.gz.metadata.json</c>, <c>v12.metadata.json.gz</c>).</summary>
    internal static int? VersionOf(string name)
    {
        if (!name.StartsWith('v')) return null;
        var rest = name.EndsWith(ZippedSuffix, StringComparison.Ordinal) ? name[1..^ZippedSuffix.Length]
            : name.EndsWith(MetadataSuffix, StringComparison.Ordinal) ? name[1..^MetadataSuffix.Length]
            : name.EndsWith(MetadataSuffix + ".gz", StringComparison.Ordinal) ? name[1..^(MetadataSuffix.Length + 3)]
            : "";
        return int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && version > 0 ? version : null;
    }

    private IEnumerable<ImmutableArray<string>> NamespacesBelow(ImmutableArray<string> levels)
    {
        foreach (var name in Folders(levels))
        {
            if (!levels.IsEmpty && IsTable(levels, name)) continue;
            var below = levels.Add(name);
            yield return below;
            foreach (var deeper in NamespacesBelow(below)) yield return deeper;
        }
    }

    private IEnumerable<string> Folders(ImmutableArray<string> levels) =>
        store.ListFolders(Folder(levels)).Where(n => !n.StartsWith('.') && !n.StartsWith('_')).Order(StringComparer.Ordinal);

    private bool IsTable(ImmutableArray<string> levels, string name)
    {
        var folder = $"{Folder(levels)}/{name}/metadata";
        return FindLatest(folder, ReadHint(folder)).Version > 0;
    }

    private string Folder(ImmutableArray<string> levels) => levels.IsEmpty ? Warehouse : $"{Warehouse}/{string.Join('/', levels)}";

    private string TableFolder(TableIdent ident)
    {
        TableNames.Require(ident, strictNames);
        return $"{Folder(ident.Namespace)}/{ident.Name}";
    }

    private string MetadataFolder(TableIdent ident) => TableFolder(ident) + "/metadata";

    /// <summary>
    /// The name and content of a new version. Writers that race from one version must try one name: whether it is compressed is up to
    /// that version's property, not the new one's.
    /// </summary>
    private static (string Location, byte[] Bytes) Version(string folder, int version, TableMetadata before, TableMetadata next)
    {
        var zipped = MetadataFiles.AreZipped(before);
        var bytes = TableMetadataJson.ToBytes(next, zipped);
        return (NameOf(folder, version) + (zipped ? ZippedSuffix : MetadataSuffix), bytes);
    }

    /// <summary>The newest version and its file; 0 if there is no table.</summary>
    /// <param name="folder">The table's folder of metadata.</param>
    /// <param name="version">Where to start, as the hint says; where it says nothing that is there, the folder is listed.</param>
    private (int Version, string Location) FindLatest(string folder, int version)
    {
        var location = version > 0 ? LocationOf(folder, version) : null;
        if (location is null)
        {
            version = 0;
            foreach (var file in store.List(folder + "/v"))
                if (VersionOf(Location.NameOf(file.Location)) is { } found && found > version) (version, location) = (found, file.Location);
            if (location is null) return (0, "");
        }
        while (LocationOf(folder, version + 1) is { } next) (version, location) = (version + 1, next);
        return (version, location);
    }

    private string? LocationOf(string folder, int version) => store.FindFirst(NamesOf(folder, version));

    /// <summary>What a version's file may be called: which it is, its writer decides.</summary>
    private static string[] NamesOf(string folder, int version)
    {
        var name = NameOf(folder, version);
        return [name + MetadataSuffix, name + ZippedSuffix, name + MetadataSuffix + ".gz"];
    }

    private static string NameOf(string folder, int version) => string.Create(CultureInfo.InvariantCulture, $"{folder}/v{version}");

    private void Note(string folder, string location) =>
        newest[folder] = (VersionOf(Location.NameOf(location))!.Value, location[location.IndexOf('.', folder.Length)..]);

    private int ReadHint(string folder)
    {
        try
        {
            var text = Encoding.ASCII.GetString(store.Read($"{folder}/{HintName}"));
            return int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;
        }
        catch (EngineException error) when (error.Kind is ErrorKind.NotFound or ErrorKind.Denied or ErrorKind.Unavailable)
        {
            return 0;
        }
    }

    private void WriteHint(string folder, int version)
    {
        try
        {
            store.Put($"{folder}/{HintName}", Encoding.ASCII.GetBytes(version.ToString(CultureInfo.InvariantCulture)));
        }
        catch (EngineException)
        {
            // Readers look beyond the hint: an old one costs them time only.
        }
    }

    /// <summary>True if these bytes lie there, false if others do, null if nothing does or it cannot be read.</summary>
    private bool? Holds(string location, byte[] bytes)
    {
        try
        {
            return store.Read(location).AsSpan().SequenceEqual(bytes);
        }
        catch (EngineException)
        {
            return null;
        }
    }

    private static EngineException Exists(TableIdent ident) => new(ErrorKind.AlreadyExists, $"table {ident} exists already");
}
