using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Maintenance;

/// <summary>
/// Removes files that nothing names, and counts what came of it: a file that could not be removed is told of, and never counted as gone.
/// One job's.
/// </summary>
internal sealed class FileRemoval(JobContext context, string reason)
{
    /// <summary>Most files of a step: as many as stores take in one call.</summary>
    public const int BatchFiles = 1_000;

    private int inUse;
    private int left;
    private string? failure;
    private string? whyLeft;

    /// <summary>Files gone, those that someone removed before included.</summary>
    public int Removed { get; private set; }

    public long RemovedBytes { get; private set; }

    public int Failed { get; private set; }

    public int Seen { get; private set; }

    /// <summary>Nothing of a whole batch could be removed: the store does not let it be done.</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>Locations of files that are there still.</summary>
    public HashSet<string> Kept { get; } = new(StringComparer.Ordinal);

    public void Remove(IEnumerable<StoredFile> files)
    {
        var (failedBefore, seenBefore, removedBefore, bytesBefore) = (Failed, Seen, Removed, RemovedBytes);
        var unused = new List<StoredFile>();
        foreach (var file in files)
        {
            Seen++;
            if (!context.Use.IsInUse(file.Location))
            {
                unused.Add(file);
                continue;
            }
            inUse++;
            Kept.Add(file.Location);
        }
        var failed = context.Store.DeleteAll([.. unused.Select(f => f.Location)]);
        foreach (var file in unused)
        {
            if (failed.TryGetValue(file.Location, out var error))
            {
                Failed++;
                Kept.Add(file.Location);
                failure ??= error.Message;
                continue;
            }
            KillPoint.Hit("maintenance.file-removed");
            Removed++;
            RemovedBytes += file.Bytes;
            context.Log.Debug("file removed", ("table", context.Ident), ("file", file.Location), ("reason", reason));
        }
        HasGivenUp = Seen > seenBefore && Failed - failedBefore == Seen - seenBefore;
        context.Log.Info("files removed", ("table", context.Ident), ("files", Removed - removedBefore), ("of", Seen - seenBefore),
            ("bytes", RemovedBytes - bytesBefore), ("failed", Failed - failedBefore), ("reason", reason));
    }

    public void Leave(int files, string why) => (left, whyLeft) = (files, why);

    /// <summary>What was not removed, and why.</summary>
    /// <param name="wanted">How many files there were to remove.</param>
    public ImmutableArray<string> Notes(int wanted)
    {
        var notes = ImmutableArray.CreateBuilder<string>();
        if (Failed > 0) notes.Add($"{Failed} files could not be removed, such as: {failure}");
        if (HasGivenUp && wanted > Seen) notes.Add($"{wanted - Seen} files more were not tried");
        if (inUse > 0) notes.Add($"{inUse} files are left to a writer that has them");
        if (left > 0) notes.Add($"{left} files are left: {whyLeft}");
        return notes.ToImmutable();
    }
}
