using System.Globalization;

namespace K2I.Simulation.Tests;

/// <summary>What happened in a run, line by line: a hash of all of it, by which two runs are compared, and the last lines, for people.</summary>
public sealed class Trace(TextWriter? everything = null)
{
    private const int Kept = 100;

    private readonly Queue<string> last = new();

    public ulong Hash { get; private set; } = 14695981039346656037UL;

    public long Lines { get; private set; }

    public IEnumerable<string> Last => last;

    /// <summary>Nothing is added any more.</summary>
    public bool Closed { get; set; }

    public void Add(long nowMs, string who, string what)
    {
        if (Closed) return;
        var line = string.Create(CultureInfo.InvariantCulture, $"{nowMs,7} {who,-12} {what}");
        foreach (var letter in line) Hash = (Hash ^ letter) * 1099511628211;
        Lines++;
        last.Enqueue(line);
        if (last.Count > Kept) last.Dequeue();
        everything?.WriteLine(line);
    }
}
