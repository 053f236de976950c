namespace K2I.Architecture.Tests;

/// <summary>Lines and files that can be read at a glance.</summary>
public sealed class LengthTests
{
    private const int LineLength = 140;
    private const int FileLines = 400;
    private const int MaxFileLines = 600;

    [Fact]
    public void LinesAreShort() =>
        Ratchet.Hold("long-lines", $"lines have at most {LineLength} characters",
            Counts(f => File.ReadLines(f).Count(l => l.Length > LineLength)));

    [Fact]
    public void FilesAreShort()
    {
        var longs = Counts(f => File.ReadLines(f).Count() is > FileLines and var lines ? lines : 0);
        Ratchet.Hold("long-files", $"files have at most {FileLines} lines", longs);
        Offences.AssertNone(longs.Where(l => l.Value > MaxFileLines).Select(l => $"{l.Key}: {l.Value} lines, at most {MaxFileLines}"));
    }

    private static Dictionary<string, int> Counts(Func<string, int> count) =>
        Repository.SourcesBelow("").Select(f => (File: Repository.Relative(f), Count: count(f))).Where(c => c.Count > 0)
            .ToDictionary(c => c.File, c => c.Count);
}
