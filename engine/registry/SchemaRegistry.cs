using K2I.Base;
using K2I.Decode;
using K2I.Memory;

namespace K2I.Registry;

/// <summary>
/// The schemas of a registry, by id: in memory, on disk, else fetched. What an id means never changes, so that a schema is fetched once,
/// and after a restart not at all. Any thread; nothing waits.
/// </summary>
/// <remarks>
/// Requests run on the thread pool, few at a time. An id that the registry says it does not have is asked for again for a short while, as
/// a registry's replicas lag; then its records cannot be read, until it is asked for again much later. While the registry is away ids stay
/// pending.
/// </remarks>
public sealed class SchemaRegistry : ISchemaSource, IDisposable
{
    private const int MostRequests = 4, FirstWaitMs = 250, LongestWaitMs = 15_000;

    /// <summary>
    /// For so long an id may be one that a replica does not have yet, unless other ids were found missing so shortly before.
    /// </summary>
    private const int LagMs = 2_000;

    /// <summary>When it is asked again for an id that was missing.</summary>
    private const int RecheckMs = 60_000;

    /// <summary>Ids that are made up must not fill the memory.</summary>
    private const int MostMissing = 10_000;

    private readonly Lock gate = new();
    private readonly Dictionary<SchemaId, Entry> entries = [];
    private readonly ISchemaFetcher fetcher;
    private readonly SchemaFiles? files;
    private readonly IClock clock;
    private readonly ILog log;
    private readonly CancellationTokenSource stop = new();
    private int requests;
    private int missing;
    private long lastMissingMs = long.MinValue / 2;
    private string? trouble;

    public SchemaRegistry(RegistryOptions options, string? directory, IFileSystem disk, IClock clock, ILog log)
    {
        fetcher = options.Api switch
        {
            RegistryApi.Glue => new GlueFetcher(options, clock),
            RegistryApi.Azure => new AzureFetcher(options, clock),
            _ => new SchemaFetcher(options, clock),
        };
        files = directory is null ? null : new(disk, directory, options, log);
        (this.clock, this.log) = (clock, log);
    }

    private sealed class Entry
    {
        internal WriterSchema? Schema;
        internal SchemaState State = SchemaState.Pending;
        internal bool IsFetching;
        internal long FirstAskedMs;
        internal long NextAskMs;
        internal int WaitMs = FirstWaitMs;
    }

    public string? Trouble => Volatile.Read(ref trouble);

    public SchemaState Find(SchemaId id, out WriterSchema? schema)
    {
        lock (gate)
        {
            var entry = EntryOf(id);
            schema = entry.Schema;
            if (schema is not null || entry.IsFetching || requests == MostRequests
                || clock.MonotonicMs < entry.NextAskMs) return entry.State;
            entry.IsFetching = true;
            requests++;
            _ = Fetch(id, entry);
            return entry.State;
        }
    }

    public void Dispose()
    {
        stop.Cancel();
        fetcher.Dispose();
    }

    private Entry EntryOf(SchemaId id)
    {
        if (entries.TryGetValue(id, out var entry)) return entry;
        entry = new() { FirstAskedMs = clock.MonotonicMs };
        if (files?.Read(id) is { } kept) (entry.Schema, entry.State) = (kept, SchemaState.Known);
        if (missing >= MostMissing)
        {
            var old = entries.Where(e => e.Value is { State: SchemaState.Missing, IsFetching: false }).Select(e => e.Key).ToList();
            foreach (var key in old) entries.Remove(key);
            missing = 0;
        }
        return entries[id] = entry;
    }

    private async Task Fetch(SchemaId id, Entry entry)
    {
        // Who asks goes on: the rest is the thread pool's.
        await Task.Yield();
        WriterSchema? found = null;
        string? why = null;
        try
        {
            found = await fetcher.Fetch(id, stop.Token).ConfigureAwait(false);
            if (found is not null) files?.Write(found);
        }
        catch (OperationCanceledException)
        {
            why = "stopping";
        }
        catch (Exception e)
        {
            // Whatever an answer is wrong in, also where nobody thought of it: the id stays pending, and others are asked for.
            why = e.Message;
        }
        Note(id, entry, found, why);
    }

    private void Note(SchemaId id, Entry entry, WriterSchema? found, string? why)
    {
        var now = clock.MonotonicMs;
        string? told = null;
        lock (gate)
        {
            requests--;
            entry.IsFetching = false;
            if (found is not null)
            {
                if (entry.State == SchemaState.Missing) missing--;
                (entry.Schema, entry.State) = (found, SchemaState.Known);
            }
            else if (why is not null || entry.State == SchemaState.Missing || !IsMissing(entry, now))
            {
                entry.NextAskMs = now + (entry.State == SchemaState.Missing ? RecheckMs : entry.WaitMs);
                entry.WaitMs = Math.Min(entry.WaitMs * 2, LongestWaitMs);
            }
            else
            {
                (entry.State, entry.NextAskMs, lastMissingMs) = (SchemaState.Missing, now + RecheckMs, now);
                missing++;
            }
            if (why != trouble && (why is null || !stop.IsCancellationRequested)) told = why ?? "";
            if (told is not null) Volatile.Write(ref trouble, why);
        }
        if (told is { Length: > 0 }) log.Warn("the schema registry gives no schema", ("id", id), ("error", told));
        else if (told is not null) log.Info("the schema registry answers again", ("id", id));
    }

    private bool IsMissing(Entry entry, long now) => now - entry.FirstAskedMs >= LagMs || now - lastMissingMs < RecheckMs;
}
