namespace K2I.Architecture.Tests;

/// <summary>
/// A rule that was not kept everywhere when it was made: a committed list (<c>ratchets/NAME.txt</c>, lines of a number and what it is of)
/// says where and how often it is broken. Nothing may come to the list and no number may grow; what got better has to be lowered, so that
/// it stays so.
/// </summary>
internal static class Ratchet
{
    /// <summary>Set to <c>lower</c>, it makes the lists take the lower numbers, and only those.</summary>
    private const string Variable = "K2I_RATCHET";

    /// <summary>Fails naming what is worse than the list, and what is better and not yet lowered.</summary>
    public static void Hold(string name, string rule, IReadOnlyDictionary<string, int> found)
    {
        var file = Repository.Path($"tests/architecture/ratchets/{name}.txt");
        var listed = Read(File.ReadLines(file));
        if (Environment.GetEnvironmentVariable(Variable) == "lower")
        {
            listed = Lowered(listed, found);
            var notes = File.ReadLines(file).TakeWhile(IsNote).ToArray();
            File.WriteAllLines(file, [.. notes, .. listed.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Value} {l.Key}")]);
        }

        Offences.AssertNone(Worse(listed, found).Select(w => $"{w}: {rule}").Concat(
            Better(listed, found).Select(b => $"{b}: lower the list by {Variable}=lower dotnet test tests/architecture, and commit it")));
    }

    public static Dictionary<string, int> Read(IEnumerable<string> lines) =>
        lines.Where(l => l.Length > 0 && !IsNote(l)).Select(l => l.Split(' ', 2)).ToDictionary(p => p[1], p => int.Parse(p[0]));

    /// <summary>What is not in the list, and numbers that grew.</summary>
    public static IEnumerable<string> Worse(IReadOnlyDictionary<string, int> listed, IReadOnlyDictionary<string, int> found) =>
        from f in found
        where f.Value > listed.GetValueOrDefault(f.Key)
        select $"{f.Key} has {f.Value}, {listed.GetValueOrDefault(f.Key)} are listed";

    public static IEnumerable<string> Better(IReadOnlyDictionary<string, int> listed, IReadOnlyDictionary<string, int> found) =>
        from l in listed
        where found.GetValueOrDefault(l.Key) < l.Value
        select $"{l.Key} has {found.GetValueOrDefault(l.Key)}, {l.Value} are listed";

    public static Dictionary<string, int> Lowered(IReadOnlyDictionary<string, int> listed, IReadOnlyDictionary<string, int> found) =>
        listed.Select(l => (l.Key, Value: Math.Min(l.Value, found.GetValueOrDefault(l.Key)))).Where(l => l.Value > 0)
            .ToDictionary(l => l.Key, l => l.Value);

    private static bool IsNote(string line) => line.StartsWith('#');
}
