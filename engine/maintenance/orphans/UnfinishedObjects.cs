using System.Collections.Immutable;
using K2I.Base;
using K2I.Storage;

namespace K2I.Maintenance;

/// <summary>Objects below a place that were begun and never ended, such as a crash leaves, and what becomes of them. One job's.</summary>
/// <remarks>
/// No table can name one, so its age decides, and that nobody of this process is at it. Giving one up removes nothing that was ever to be
/// seen: whoever is at it all the same, after days, fails and begins anew.
/// </remarks>
internal sealed class UnfinishedObjects(JobContext context, string root, OrphanListing listing)
{
    /// <summary>More are left for the next look.</summary>
    private const int Most = 100_000;

    private const int ListedAtATime = 1_000;

    private List<UnfinishedObject> found = [];
    private string? failure;
    private string? refusal;

    public int Aborted { get; private set; }

    public long AbortedBytes { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Those that are there still.</summary>
    public ImmutableArray<UnfinishedObject> Left =>
        [.. found.OrderBy(u => u.Location, StringComparer.Ordinal).ThenBy(u => u.Id, StringComparer.Ordinal)];

    /// <summary>As files that are found again are told.</summary>
    public IEnumerable<ObjectInfo> LeftAsFiles => found.Select(AsFile);

    public IEnumerable<int> Find()
    {
        using var all = context.Store.ListUnfinished(root + "/").GetEnumerator();
        for (var count = 1; found.Count < Most && Next(all); count++)
        {
            if (listing.MayBeLeft(all.Current)) found.Add(all.Current);
            if (count % ListedAtATime == 0) yield return count;
        }
    }

    /// <summary>Gives up those that are held in quarantine, or all where there is none.</summary>
    public IEnumerable<int> Abort(IOrphanQuarantine? quarantine)
    {
        var left = new List<UnfinishedObject>();
        for (var at = 0; at < found.Count; at++)
        {
            if ((quarantine is { } held && !held.Holds(AsFile(found[at]))) || !TryAbort(found[at])) left.Add(found[at]);
            if ((at + 1) % FileRemoval.BatchFiles == 0) yield return at;
        }
        found = left;
        if (Aborted > 0 || Failed > 0)
            context.Log.Info("objects that were never ended were given up", ("table", context.Ident), ("objects", Aborted),
                ("bytes", AbortedBytes), ("failed", Failed));
    }

    public IEnumerable<string> Notes()
    {
        if (refusal is not null) yield return $"objects that were begun and never ended are not looked for: {refusal}";
        if (Failed > 0) yield return $"{Failed} objects that were never ended could not be given up, such as: {failure}";
    }

    /// <summary>Rights or a store that do not let it be seen keep nothing else from being done.</summary>
    private bool Next(IEnumerator<UnfinishedObject> all)
    {
        try
        {
            return all.MoveNext();
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Denied or ErrorKind.Unsupported or ErrorKind.Invalid)
        {
            refusal = error.Message;
            return false;
        }
    }

    /// <summary>False where it is there still.</summary>
    private bool TryAbort(UnfinishedObject unfinished)
    {
        if (context.Use.IsInUse(unfinished.Location)) return false;
        try
        {
            if (!context.Store.Abort(unfinished)) return true;
            KillPoint.Hit("maintenance.unfinished-aborted");
            Aborted++;
            AbortedBytes += unfinished.Length;
            context.Log.Debug("object given up", ("table", context.Ident), ("file", unfinished.Location), ("id", unfinished.Id));
            return true;
        }
        catch (EngineException error)
        {
            Failed++;
            failure ??= error.Message;
            return false;
        }
    }

    private static ObjectInfo AsFile(UnfinishedObject unfinished) =>
        new($"{unfinished.Location}?{unfinished.Id}", unfinished.Length, unfinished.SinceMs);
}
