using System.Globalization;
using K2I.Base;

namespace K2I.Cli.Running;

/// <summary>
/// Whether threads that could go on stand and wait for a core: on a machine that is full they get less done than they could, though they
/// may still keep up. By the scheduler's own count (/proc/TID/schedstat, field 2); where the kernel keeps none, nobody waits. Any thread.
/// </summary>
/// <param name="threads">What names of the threads begin with, before their number.</param>
/// <param name="tasks">A folder with one of each thread.</param>
internal sealed class CoreWait(string threads, IClock clock, string tasks = "/proc/self/task")
{
    private const int SampleMs = 100;

    /// <summary>Of the time that has passed, a part of 4.</summary>
    private const int LongPart = 4;

    private readonly Lock gate = new();
    private Dictionary<string, long> waitedNs = [];
    private long sampledMs = clock.MonotonicMs - SampleMs;
    private volatile bool isLong;

    /// <summary>They waited for a quarter of the time since it was looked at last, together.</summary>
    public bool IsLong()
    {
        if (!gate.TryEnter()) return isLong;
        try
        {
            var now = clock.MonotonicMs;
            var passedNs = (now - sampledMs) * 1_000_000;
            if (passedNs < SampleMs * 1_000_000) return isLong;
            sampledMs = now;
            var before = waitedNs;
            waitedNs = Sample(before.Keys) ?? Sample(Find()) ?? [];
            var known = waitedNs.Where(w => before.ContainsKey(w.Key)).ToArray();
            isLong = known.Length > 0 && known.Sum(w => w.Value - before[w.Key]) > passedNs / LongPart * known.Length;
            return isLong;
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>Null where there are none, or one has ended.</summary>
    private Dictionary<string, long>? Sample(IEnumerable<string> ids)
    {
        try
        {
            var found = ids.ToDictionary(id => id, WaitedNs, StringComparer.Ordinal);
            return found.Count > 0 ? found : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private long WaitedNs(string id) =>
        File.ReadAllText(Path.Combine(tasks, id, "schedstat")).Split(' ') is [_, var waited, ..]
            && long.TryParse(waited, NumberStyles.None, CultureInfo.InvariantCulture, out var ns) ? ns : 0;

    private List<string> Find()
    {
        try
        {
            return [.. Directory.EnumerateDirectories(tasks).Where(IsMeant).Select(d => Path.GetFileName(d))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private bool IsMeant(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith(threads, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
