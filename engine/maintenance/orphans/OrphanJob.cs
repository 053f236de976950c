using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>
/// Finds files below a table's location that the table does not name, and objects that were begun there and never ended; removes them where
/// it is told to.
/// </summary>
/// <remarks>
/// <code>
/// list ─► load the table ─► list again ─► load again ─► remove 1,000 ─► load again ─► …
/// old     what it names     what is       what it names
/// files:  is none           suspect       now is none
/// suspects                  still: orphan
/// </code>
/// The listing comes before the load, so a file that a commit took up between them counts as named. Suspects are hashes of their paths
/// (<see cref="LocationKey"/>), 16 bytes each; where there are more than the memory is for, the whole is done for one part of all hashes
/// after another. A file is removed by the metadata's word alone: whatever of it cannot be read ends the job. Nothing is removed where
/// another table lies in the same place, or where it is so much that the place must be wrong, unless the policy says so.
/// </remarks>
internal sealed class OrphanJob(OrphanPlan plan, JobContext context) : SteppedJob(plan, context)
{
    /// <summary>More in one run are not believed.</summary>
    private const int MostFiles = 100_000;

    private const double MostShare = 0.1, Listed = 0.2, Found = 0.7, Walked = 0.8;
    private const int ListedAtATime = 1_000;

    /// <summary>What a suspect takes in a hash set, room for growth included.</summary>
    private const int SuspectBytes = 64;

    private readonly HashSet<UInt128> suspects = [];
    private readonly Dictionary<UInt128, ObjectInfo> orphans = [];
    private readonly List<string> metadataFiles = [];
    private readonly HashSet<UInt128> superseded = [];
    private UnfinishedObjects? unfinished;
    private UInt128 parts = 1;
    private string place = "";
    private int conflicts;
    private string? conflict;
    private string? elsewhere;
    private long listedBytes;
    private long untimed;

    private OrphanPolicy Policy => plan.Policy;

    protected override IEnumerable<double> Steps()
    {
        var table = Load();
        Require(table);
        var root = (Policy.Location ?? table.Metadata.Location).TrimEnd('/');
        place = LocationKey.PlaceOf(root);
        if (table.Metadata.Property(TableProperties.DataPath) is { Length: > 0 } path && !Location.IsUnder(path, root)) elsewhere = path;
        var listing = new OrphanListing(root, table, Context.Clock.UnixMs - Policy.GraceMs, Context.Use);
        var named = new NamedFiles(Context.Store, Named);
        for (UInt128 part = 0; part < parts; part++)
        {
            foreach (var _ in Suspect(root, listing, part)) yield return Done(part, Listed);
            table = Load();
            named = new NamedFiles(Context.Store, Named);
            foreach (var done in named.Walk(table)) yield return Done(part, Listed + ((Found - Listed) * done));
            foreach (var _ in Find(root, listing)) yield return Done(part, Found);
        }
        foreach (var file in metadataFiles)
        {
            Inspect(file, table);
            yield return Walked;
        }
        unfinished = new UnfinishedObjects(Context, root, listing);
        foreach (var _ in unfinished.Find()) yield return Walked;
        var why = Policy.Remove ? TooMuch() ?? Lost(table) : null;
        if (!Policy.Remove || why is not null)
        {
            Outcome = Ended(null, 0) with { Conflict = why };
            yield break;
        }
        var wanted = plan.Quarantine is { } quarantine ? orphans.Where(o => quarantine.Holds(o.Value)).Select(o => o.Key).ToArray()
            : [.. orphans.Keys];
        var removal = new FileRemoval(Context, "the table does not name it");
        foreach (var batch in wanted.Chunk(FileRemoval.BatchFiles))
        {
            // A commit may have taken up what was written long before.
            var now = Load();
            foreach (var _ in named.Walk(now)) yield return Walked;
            if (Lost(now) is not null) break;
            var going = batch.Where(orphans.ContainsKey).ToArray();
            removal.Remove(going.Select(key => new StoredFile(orphans[key].Location, orphans[key].Length)));
            foreach (var key in going)
                if (!removal.Kept.Contains(orphans[key].Location)) orphans.Remove(key);
            if (removal.HasGivenUp) break;
            yield return Walked + ((1 - Walked) * removal.Seen / (wanted.Length + 1.0));
        }
        foreach (var _ in unfinished.Abort(plan.Quarantine)) yield return Walked;
        plan.Quarantine?.Keep([.. orphans.Values, .. unfinished.LeftAsFiles]);
        Outcome = Ended(removal, wanted.Length);
    }

    private JobOutcome Ended(FileRemoval? removal, int wanted) => new()
    {
        FilesRemoved = removal?.Removed ?? 0,
        BytesRemoved = (removal?.RemovedBytes ?? 0) + unfinished!.AbortedBytes,
        FilesFailed = (removal?.Failed ?? 0) + unfinished.Failed,
        Orphans = [.. orphans.Values.OrderBy(f => f.Location, StringComparer.Ordinal).Select(f => new StoredFile(f.Location, f.Length))],
        UnfinishedAborted = unfinished.Aborted,
        Unfinished = unfinished.Left,
        Notes = [.. Notes(removal?.Notes(wanted) ?? []), .. unfinished.Notes()],
    };

    private void Require(Table table)
    {
        if (GarbageRule.Refusal(table.Metadata) is { } refusal) throw Refused(refusal);
        if (Policy.GraceMs >= OrphanPolicy.LeastGraceMs || Policy.Force) return;
        throw Refused($"files younger than {Units.FormatMs(OrphanPolicy.LeastGraceMs)} may be of a flush under way; "
            + $"orphans of {Units.FormatMs(Policy.GraceMs)} are not looked for");
    }

    private double Done(UInt128 part, double ofPart) => ((Found * (double)part) + ofPart) / (double)parts;

    private IEnumerable<int> Suspect(string root, OrphanListing listing, UInt128 part)
    {
        suspects.Clear();
        var most = Math.Max(1_000, Context.MemoryBytes / SuspectBytes);
        var count = 0;
        foreach (var file in Context.Store.List(root + "/"))
        {
            if (part == 0)
            {
                listedBytes += file.Length;
                if (file.LastModifiedMs <= 0) untimed++;
                if (OrphanListing.IsMetadata(file.Location))
                {
                    if (!listing.IsMetadataPlace(file.Location)) throw Shared($"{file.Location} is another table's");
                    metadataFiles.Add(file.Location);
                }
            }
            if (listing.MayBeOrphan(file) && LocationKey.Of(file.Location) is var key && key % parts == part) suspects.Add(key);
            while (part == 0 && suspects.Count > most)
            {
                parts *= 2;
                suspects.RemoveWhere(k => k % parts != 0);
            }
            if (++count % ListedAtATime == 0) yield return count;
        }
    }

    /// <summary>Lists once more: what is suspect still is an orphan.</summary>
    private IEnumerable<int> Find(string root, OrphanListing listing)
    {
        var count = 0;
        if (suspects.Count == 0) yield break;
        foreach (var file in Context.Store.List(root + "/"))
        {
            if (listing.MayBeOrphan(file) && LocationKey.Of(file.Location) is var key && suspects.Contains(key)) orphans[key] = file;
            if (orphans.Count > 10 * MostFiles)
                throw Refused($"more than {10 * MostFiles} files below {root} are not its own: the place is wrong");
            if (++count % ListedAtATime == 0) yield return count;
        }
    }

    private void Named(string location)
    {
        var key = LocationKey.Of(location);
        var was = suspects.Remove(key) | orphans.Remove(key);
        if (!was || LocationKey.PlaceOf(location) == place) return;
        conflicts++;
        conflict ??= location;
    }

    /// <summary>A metadata file that the table does not name is an old version of it, or shows that another table is here.</summary>
    private void Inspect(string file, Table table)
    {
        if (file == table.MetadataLocation || table.Metadata.MetadataLog.Any(e => e.Location == file)) return;
        var key = LocationKey.Of(file);
        TableMetadata metadata;
        try
        {
            metadata = TableMetadataJson.Parse(Context.Store.Read(file), file);
        }
        catch (EngineException error) when (error.Kind is ErrorKind.NotFound)
        {
            return;
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Corrupt or ErrorKind.Unsupported)
        {
            orphans.Remove(key);
            return;
        }
        if (metadata.Uuid != table.Metadata.Uuid) throw Shared($"{file} is of another table (uuid {metadata.Uuid})");
        if (orphans.ContainsKey(key)) superseded.Add(key);
    }

    /// <summary>
    /// Why so much is not removed; null where it may be. Old versions of the table's own metadata do not count: they say themselves what
    /// they are.
    /// </summary>
    private string? TooMuch()
    {
        if (Policy.Force) return null;
        var doubtful = orphans.Where(o => !superseded.Contains(o.Key)).ToList();
        var bytes = doubtful.Sum(o => o.Value.Length);
        return doubtful.Count > MostFiles || bytes > listedBytes * MostShare
            ? string.Create(CultureInfo.InvariantCulture,
                $"{doubtful.Count} files of {Units.FormatBytes(bytes)}, where {Units.FormatBytes(listedBytes)} lie, "
                + $"look like a wrong place rather than orphans; it takes force")
            : null;
    }

    /// <summary>
    /// Why nothing may go yet: a snapshot is read that has left the table, and which files it has, the table does not say any more.
    /// </summary>
    private string? Lost(Table table) =>
        Context.Use.SnapshotsInUse().Where(id => table.Metadata.FindSnapshot(id) is null).Select(id => (SnapshotId?)id)
            .FirstOrDefault() is { } lost
            ? $"snapshot {lost} is being read and has expired: which files it needs cannot be told"
            : null;

    private ImmutableArray<string> Notes(ImmutableArray<string> notes)
    {
        if (elsewhere is not null) notes = notes.Add($"files below {elsewhere} ({TableProperties.DataPath}) are not looked at");
        if (conflicts > 0)
            notes = notes.Add($"{conflicts} files are named under another scheme or authority, such as {conflict}; they are kept");
        if (untimed > 0) notes = notes.Add($"{untimed} files have no time in the listing; they are kept");
        return notes;
    }

    private EngineException Shared(string what) =>
        Refused($"{what}: files of both lie in the same place, and which are whose cannot be told");

    private EngineException Refused(string why) => new(ErrorKind.Invalid, $"table {Context.Ident}: {why}");
}
