using System.Text.RegularExpressions;

namespace K2I.Crash.Tests;

/// <summary>The named instants of the engine's sources at which it can be killed, and what has to go on for each to be passed.</summary>
internal static partial class KillPoints
{
    /// <summary>Passed by other commands than <c>ingest</c>.</summary>
    private static readonly string[] OfOtherCommands = ["replay."];

    private static readonly string[] WhileStopping = ["stop.", "wal.closed"];

    private static readonly string[] WhileSharing = ["group.revoked", "group.let-go"];

    private static readonly string[] WhileCreating = ["table.", "catalog.table-made"];

    private static readonly string[] WhileFinishing = ["recovery.files-", "recovery.commit-"];

    private static readonly string[] WhileMakingFiles = ["wal.file-made"];

    /// <summary>Passed by catalogs that keep metadata files; one by that without a server alone.</summary>
    private static readonly string[] OfMetadataFiles = ["catalog."], WithoutServer = ["catalog.hint-written"];

    /// <summary>Passed where files lie on this machine, two of them where a catalog is made of files.</summary>
    private static readonly string[] OfLocalFiles = ["store."], OfLocalCatalog = ["store.linked", "store.temporary-written", "store.renamed"];

    /// <summary>Every point that the sources name.</summary>
    public static IReadOnlyList<string> All { get; } = Scan();

    /// <summary>Those that a run of this kind can pass.</summary>
    public static IReadOnlyList<string> For(string pair)
    {
        string[] parts = pair.Split('-');
        string[] passedOver =
        [
            .. OfOtherCommands, .. parts[0] == "rest" ? OfMetadataFiles : ["rest."], .. parts[0] == "file" ? [] : WithoutServer,
            .. parts.Length > 1 ? OfLocalFiles : parts[0] == "file" ? [] : OfLocalCatalog,
        ];
        return [.. All.Where(p => !Is(p, passedOver))];
    }

    /// <summary>Passed once a stop is asked for.</summary>
    public static bool NeedsStop(string point) => Is(point, WhileStopping);

    /// <summary>Passed when another process takes a part of the partitions.</summary>
    public static bool NeedsRival(string point) => Is(point, WhileSharing);

    /// <summary>Passed once in a table's life.</summary>
    public static bool NeedsNewTable(string point) => Is(point, WhileCreating);

    /// <summary>Passed after a crash between the start of a commit and its end.</summary>
    public static bool NeedsHalfDoneFlush(string point) => Is(point, WhileFinishing);

    /// <summary>Passed where the log has no file to use again.</summary>
    public static bool NeedsNewLog(string point) => Is(point, WhileMakingFiles);

    private static bool Is(string point, string[] prefixes) => prefixes.Any(p => point.StartsWith(p, StringComparison.Ordinal));

    private static List<string> Scan()
    {
        var engine = Repository.Engine;
        return [.. Directory.EnumerateFiles(engine, "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Hit().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value)).Distinct().Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex(@"KillPoint\.Hit\(""([^""]+)""\)")]
    private static partial Regex Hit();
}
