using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Simulation.Tests;

/// <summary>
/// Sees every commit the moment it lands, and every object that goes, and says what must never be: a flush in a table twice, offsets that run backwards, a file in a
/// table that is not in the store, or is not what was committed.
/// </summary>
internal sealed class TableWatch(MemoryStore store, Scheduler scheduler)
{
    private readonly SortedDictionary<string, Seen> tables = new(StringComparer.Ordinal);

    private sealed class Seen
    {
        internal TableMetadata Metadata { get; set; } = null!;

        internal Dictionary<SnapshotId, Snapshot> Snapshots { get; } = [];

        internal Dictionary<string, long> Live { get; set; } = [];

        internal OffsetMap Offsets { get; set; } = OffsetMap.Empty;

        /// <summary>Offsets may go back once: the table was rolled back, or a person had a topic forgotten.</summary>
        internal bool MayGoBack { get; set; }

        /// <summary>Since then no flush has landed: the table's property is of a snapshot that is not in the history any more.</summary>
        internal bool IsBehindProperty { get; set; }
    }

    /// <summary>Commits so far, of any table.</summary>
    internal int Commits { get; private set; }

    /// <summary>A table is about to be rolled back by someone.</summary>
    internal void AllowGoingBack(string uuid)
    {
        if (tables.TryGetValue(uuid, out var seen)) (seen.MayGoBack, seen.IsBehindProperty) = (true, true);
    }

    internal void OnObject(string location, byte[] bytes)
    {
        if (location.EndsWith(".metadata.json", StringComparison.Ordinal)) OnCommitted(TableMetadataJson.Parse(bytes, location));
    }

    internal void OnDelete(string location)
    {
        foreach (var table in tables.Values)
            if (table.Live.ContainsKey(location)) throw Broken($"{location} is removed while {table.Metadata.Location} refers to it");
    }

    internal void OnOverwrite(string location, byte[] bytes)
    {
        foreach (var table in tables.Values)
            if (table.Live.TryGetValue(location, out var length) && (length != bytes.Length || !store.Read(location).AsSpan().SequenceEqual(bytes)))
                throw Broken($"{location} becomes another while {table.Metadata.Location} refers to it ({length} bytes, now {bytes.Length})");
    }

    internal void OnCommitted(TableMetadata metadata)
    {
        Commits++;
        scheduler.Trace.Add(scheduler.NowMs, "table", $"LANDED {metadata.Location[(metadata.Location.LastIndexOf('/') + 1)..]} snapshot {metadata.CurrentSnapshotId} seq {metadata.LastSequenceNumber} rows {metadata.CurrentSnapshot?.Summary.GetValueOrDefault("total-records")} " +
            $"flush {metadata.CurrentSnapshot?.Summary.GetValueOrDefault(K2IKeys.FlushId)} {metadata.CurrentSnapshot?.Summary.GetValueOrDefault(K2IKeys.Offsets)}");
        if (!tables.TryGetValue(metadata.Uuid, out var seen)) tables[metadata.Uuid] = seen = new();
        var before = seen.Metadata;
        seen.Metadata = metadata;
        var isNew = metadata.CurrentSnapshotId is { } id && !seen.Snapshots.ContainsKey(id);
        foreach (var snapshot in metadata.Snapshots) seen.Snapshots[snapshot.SnapshotId] = snapshot;
        if (metadata.CurrentSnapshot is not { } current || current.SnapshotId == before?.CurrentSnapshotId) return;
        RequireOnce(seen, current);
        RequireFiles(seen, metadata, current);
        RequireForward(seen, metadata, current, isNew);
    }

    /// <summary>No flush is in the current snapshot's history twice, expired snapshots counted.</summary>
    private void RequireOnce(Seen seen, Snapshot current)
    {
        var flushes = new HashSet<string>(StringComparer.Ordinal);
        for (var at = current; at is not null; at = at.ParentSnapshotId is { } parent ? seen.Snapshots.GetValueOrDefault(parent) : null)
            if (at.Summary.GetValueOrDefault(K2IKeys.FlushId) is { } flush && !flushes.Add(flush)) throw Broken($"flush {flush} is in {seen.Metadata.Location} twice");
    }

    private void RequireFiles(Seen seen, TableMetadata metadata, Snapshot current)
    {
        var reader = new ManifestReader(store);
        var live = new Dictionary<string, long>(StringComparer.Ordinal);
        try
        {
            foreach (var entry in reader.LiveEntries(metadata, current))
            {
                if (!store.Exists(entry.File.FilePath)) throw Broken($"{metadata.Location} refers to {entry.File.FilePath}, which is not there");
                if (store.Length(entry.File.FilePath) != entry.File.FileSizeBytes) throw Broken($"{metadata.Location} refers to {entry.File.FilePath} with {entry.File.FileSizeBytes} bytes; it has {store.Length(entry.File.FilePath)}");
                if (!live.TryAdd(entry.File.FilePath, entry.File.FileSizeBytes)) throw Broken($"{metadata.Location} refers to {entry.File.FilePath} twice");
            }
            foreach (var manifest in reader.Manifests(metadata, current)) live[manifest.Path] = manifest.Length;
        }
        catch (EngineException error)
        {
            throw Broken($"{metadata.Location} cannot be read: {error.Message}");
        }
        live[current.ManifestList!] = store.Length(current.ManifestList!);
        seen.Live = live;
    }

    private void RequireForward(Seen seen, TableMetadata metadata, Snapshot current, bool isNew)
    {
        var offsets = OffsetMap.Of(new Table(TableIdent.Parse("any.table"), metadata, ""));
        // Going back lands with a snapshot of before, which may be a flush's: its commit leaves the property alone.
        if (isNew && current.Summary.ContainsKey(K2IKeys.FlushId)) seen.IsBehindProperty = false;
        if (!seen.MayGoBack && !seen.IsBehindProperty && current.Summary.GetValueOrDefault(K2IKeys.Offsets) is { } text
            && metadata.Property(K2IKeys.Offsets) != text) throw Broken("offsets in the table's property are not those of its snapshot");
        foreach (var (topic, entry) in seen.Offsets.Topics)
        {
            if (seen.MayGoBack || offsets.TopicId(topic) != entry.TopicId) continue;
            foreach (var (partition, next) in entry.Partitions)
                if (!(offsets.Next(topic, partition) >= next)) throw Broken($"{metadata.Location}: {topic}[{partition}] goes back from offset {next} to {offsets.Next(topic, partition)}");
        }
        seen.MayGoBack = false;
        seen.Offsets = offsets;
    }

    private SimFailure Broken(string what)
    {
        var failure = new SimFailure(what);
        scheduler.Fail(failure);
        return failure;
    }
}
