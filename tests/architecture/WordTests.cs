using System.Text.RegularExpressions;

namespace K2I.Architecture.Tests;

/// <summary>
/// The words of engine/README.md mean one thing each: names, comments and texts of the engine use no other word where one of them is meant.
/// What another system calls so (a property of librdkafka, a call of the kernel, a term of a format) stands in the list of exceptions.
/// </summary>
public sealed class WordTests
{
    /// <summary>Modules that know nothing of Iceberg, and so of no commit.</summary>
    private static readonly string[] BelowIceberg =
        ["base", "memory", "columns", "arrow", "wal", "ring", "kafka", "decode", "parquet", "storage"];

    /// <summary>What is written, where, and the word that is meant.</summary>
    private static readonly (Regex Banned, Func<string, string, bool> Where, string Right)[] Words =
    [
        (Word("commit"), IsBelowIceberg, "a commit makes an Iceberg snapshot: ack (offsets), sync (log), publish (rows)"),
        // LogEntryKind.OffsetCommit is called so on disk.
        (Word("CommitOffset|letters\\.Commit"), Everywhere, "a commit makes an Iceberg snapshot: ack (offsets), keep (dead letters)"),
        (Word("acknowledg"), Everywhere, "ack"),
        (Word(@"kafka.?messages?\b|\bmessages? (of|from|in) (a |the )?(topic|partition)"), Everywhere, "record"),
        (Word(@"[a-z]*messages?\b"), IsKafka, "record"),
        (Word(@"\bfsync"), Everywhere, "sync"),
        (Word("checkpoint"), Everywhere, "commit, or sync"),
        (Word("dlq|dead.?letter queue"), Everywhere, "dead letter"),
        (Word("log segments?|wal segments?|segment files?"), Everywhere, "log file; a segment is of the ring"),
        (Word(@"\b(byte|file) offsets?\b|\boffsets? (in|into|of) (the|a) (file|log)\b"),
            Everywhere, "position; an offset is a record's number"),
        (Word("ring buffer|commit log"), Everywhere, "ring, log"),
    ];

    [Fact]
    public void WordsOfTheGlossaryAreUsed()
    {
        var found = new Dictionary<string, int>();
        foreach (var file in Repository.SourcesBelow("engine"))
        {
            var (name, text) = (Repository.Relative(file), File.ReadAllText(file));
            foreach (var (banned, where, right) in Words)
            {
                if (!where(name, text)) continue;
                foreach (Match match in banned.Matches(text))
                {
                    var key = $"{name} {match.Value.ToLowerInvariant()} ({right})";
                    found[key] = found.GetValueOrDefault(key) + 1;
                }
            }
        }

        Ratchet.Hold("words", "the word in brackets is meant", found);
    }

    private static Regex Word(string pattern) => new(pattern, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    private static bool Everywhere(string file, string text) => true;

    private static bool IsBelowIceberg(string file, string text) => BelowIceberg.Contains(Module(file)) && !IsNative(file);

    private static bool IsKafka(string file, string text) =>
        Module(file) == "kafka" && !IsNative(file) && !text.Contains("NativeMessage", StringComparison.Ordinal);

    // librdkafka's own names.
    private static bool IsNative(string file) =>
        Module(file) == "kafka" && Path.GetFileName(file).StartsWith("Native", StringComparison.Ordinal);

    private static string Module(string file) => file.Split('/')[1];
}
