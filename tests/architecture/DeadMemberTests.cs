using System.Text.RegularExpressions;

namespace K2I.Architecture.Tests;

/// <summary>
/// The engine has no member that nothing in it names. By reading: a name that stands once in all its sources is the declaration alone.
/// What only tests use, and values of a format that nothing asks for by name, are listed. Fields of native layouts are not looked at:
/// their order is what counts.
/// </summary>
public sealed partial class DeadMemberTests
{
    [Fact]
    public void EngineNamesWhatItDeclares()
    {
        var sources = Repository.SourcesBelow("engine")
            .ToDictionary(f => Repository.Relative(f), f => string.Join('\n', File.ReadLines(f).Where(l => !IsComment(l))));
        var named = sources.Values.SelectMany(s => Name().Matches(s)).CountBy(m => m.Value).ToDictionary();
        var qualified = sources.Values.SelectMany(s => Qualified().Matches(s)).Select(m => m.Value).ToHashSet();
        var numbered = sources.Values.SelectMany(s => Cast().Matches(s)).Select(m => m.Groups["type"].Value).ToHashSet();

        Ratchet.Hold(
            "dead-members",
            "nothing in the engine names it",
            sources.SelectMany(s =>
                Members(s.Value).Where(m => named[m] == 1)
                    .Concat(EnumMembers(s.Value).Where(m => !numbered.Contains(m.Split('.')[0]) && !qualified.Contains(m)))
                    .Select(m => $"{s.Key} {m}"))
                .Distinct().ToDictionary(m => m, _ => 1));
    }

    private static IEnumerable<string> Members(string source) =>
        from Match match in Declaration().Matches(source)
        where !match.Value.Contains(" override ", StringComparison.Ordinal) && !match.Value.Contains(" operator ", StringComparison.Ordinal)
        where !(source.Contains("[StructLayout(", StringComparison.Ordinal) && match.Value.EndsWith(';'))
        select match.Groups["name"].Value;

    private static IEnumerable<string> EnumMembers(string source) =>
        from Match type in Enumeration().Matches(source)
        from Match member in EnumMember().Matches(type.Groups["members"].Value)
        select $"{type.Groups["name"].Value}.{member.Groups["name"].Value}";

    private static bool IsComment(string line) => line.TrimStart().StartsWith("//", StringComparison.Ordinal);

    [GeneratedRegex(@"\w+")]
    private static partial Regex Name();

    [GeneratedRegex(@"\b[A-Z]\w*\.[A-Z]\w*")]
    private static partial Regex Qualified();

    // (Type)number, and what is parsed or counted by its type: every value may come of it.
    [GeneratedRegex(@"(\((?=\w+\)[\w(])|Enum\.\w+<)(?<type>[A-Z]\w*)[)>]")]
    private static partial Regex Cast();

    [GeneratedRegex(
        @"^ +(?:\[[^\]]*\] *)*(?:public|private|internal|protected) [^\n={;""]*?\b(?!notnull\b)(?<name>\w+) *(?:\(|\{|;|=|$)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\benum (?<name>\w+)[^{]*\{(?<members>[^}]*)\}")]
    private static partial Regex Enumeration();

    [GeneratedRegex(@"^ +(?<name>[A-Z]\w*) *(?:= *[^,\n]+)?,? *$", RegexOptions.Multiline)]
    private static partial Regex EnumMember();
}
