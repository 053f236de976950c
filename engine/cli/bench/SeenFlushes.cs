using System.Globalization;
using K2I.Pipeline;

namespace K2I.Cli.Bench;

/// <summary>How long a table's flushes took, as far as its status was looked at between them. One thread.</summary>
internal sealed class SeenFlushes
{
    private readonly List<long> writeMs = [], commitMs = [];
    private long commits;

    public void Note(TableStatus now)
    {
        if (now.Commits == commits) return;
        commits = now.Commits;
        writeMs.Add(now.LastFlushMs);
        commitMs.Add(now.LastCommitMs);
    }

    public override string ToString() => writeMs.Count == 0 ? "no flush was seen" : string.Create(CultureInfo.InvariantCulture,
        $"{writeMs.Count} flushes: files {Median(writeMs)} ms, commit {Median(commitMs)} ms (medians)");

    private static long Median(List<long> values) => values.Order().ElementAt(values.Count / 2);
}
