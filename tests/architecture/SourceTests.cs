using System.Text.RegularExpressions;

namespace K2I.Architecture.Tests;

/// <summary>What can be checked by reading of how the sources are laid out.</summary>
public sealed partial class SourceTests
{
    [Fact]
    public void NamespacesFollowFolders() =>
        Offences.AssertNone(
            from file in Repository.SourcesBelow("engine").Concat(Repository.SourcesBelow("tests"))
            from Match declaration in Namespace().Matches(File.ReadAllText(file))
            let found = declaration.Groups[1].Value
            where !AllowedNamespaces(file).Contains(found, StringComparer.OrdinalIgnoreCase)
            select $"{Repository.Relative(file)}: {found}");

    [Fact]
    public void NamespacesAreFileScoped() =>
        Offences.AssertNone(
            from file in Repository.SourcesBelow("engine")
            where !Namespace().IsMatch(File.ReadAllText(file)) && !HasNoType(file)
            select Repository.Relative(file));

    [Fact]
    public void FilesHoldOnePublicTypeOfTheirName() =>
        Offences.AssertNone(
            from file in Repository.SourcesBelow("engine")
            let types = PublicType().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value).Distinct().ToArray()
            where types.Length > 1 || (types.Length == 1 && Path.GetFileName(file).Split('.')[0] != types[0])
            select $"{Repository.Relative(file)}: {string.Join(", ", types)}");

    [Fact]
    public void FieldsAreNamedByOneHand() =>
        Offences.AssertNone(
            from file in Repository.SourcesBelow("")
            from Match field in UnderscoreField().Matches(File.ReadAllText(file))
            select $"{Repository.Relative(file)}: {field.Groups[1].Value}");

    [Fact]
    public void ModulesExplainThemselves() =>
        Offences.AssertNone(Repository.Modules.Where(m => !File.Exists(Path.Combine(Repository.Engine, m, "README.md"))).Select(m => $"engine/{m}: no README.md"));

    [Fact]
    public void NativeFunctionsComeFromWhatIsLinkedIn() =>
        Offences.AssertNone(
            from module in Repository.Modules
            let text = string.Concat(Repository.SourcesBelow(Path.Combine("engine", module)).Select(File.ReadAllText))
            from Match import in NativeImport().Matches(text)
            let library = LibraryName(import.Groups[1].Value, text)
            where library is not ("k2i_native" or "libc")
            select $"engine/{module}: {library}");

    [Fact]
    public void OnlyTheProgramMakesThreads() =>
        Offences.AssertNone(
            from file in Repository.SourcesBelow("engine")
            where !file.StartsWith(Path.Combine(Repository.Engine, "cli") + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            where ThreadMaking().IsMatch(File.ReadAllText(file))
            select Repository.Relative(file));

    [Fact]
    public void TestsThatBalanceTheLedgerRunAlone() =>
        Offences.AssertNone(
            from project in Directory.GetDirectories(Path.Combine(Repository.Root, "tests"))
            let texts = Repository.SourcesBelow(project).Select(File.ReadAllText).ToArray()
            where texts.Any(t => t.Contains("MemoryLedger" + ".Bytes", StringComparison.Ordinal))
            where !texts.Any(t => RunsAlone().IsMatch(t))
            select $"{Repository.Relative(project)}: balances of the process's ledger beside other tests");

    [Fact]
    public void KeysThatOthersReadStandInOnePlace() =>
        Offences.AssertNone(
            from file in Repository.SourcesBelow("engine")
            // What a table says of its files, flush and compaction have to know alike; what expired is maintenance's own.
            where Path.GetFileName(file) is not ("K2IKeys.cs" or "ParquetProperties.cs" or "WrittenBytes.cs")
            from Match key in OwnKey().Matches(File.ReadAllText(file))
            select $"{Repository.Relative(file)}: {key.Value}");

    [Fact]
    public void WhatAnErrorTellsItsCallerIsAType() =>
        Offences.AssertNone(
            from file in Repository.SourcesBelow("engine")
            where ErrorData().IsMatch(File.ReadAllText(file))
            select Repository.Relative(file));

    [Fact]
    public void TextSpeaksOnlyOfTheProject()
    {
        // Spelled in parts, so that this file does not name them either.
        string[] banned =
        [
            "nuget" + ".org", "npm" + "js.", "deb." + "debian", "security." + "debian", "pypi" + ".org", "python" + "hosted", "crates" + ".io", "maven" + ".org",
            "golang" + ".org/", "/wo" + "rk/", "/ro" + "ot/.", "/ho" + "me/",
        ];
        Offences.AssertNone(
            from file in Repository.FilesBelow(Repository.Root)
            where !IsBinary(file)
            let text = File.ReadAllText(file)
            from word in banned
            where text.Contains(word, StringComparison.OrdinalIgnoreCase)
            select $"{Repository.Relative(file)}: {word}");
    }

    /// <summary>
    /// K2I.Module, of tests K2I.Module.Tests but for the kit, and for files in folders below it the folder names added, none, some or all.
    /// </summary>
    private static IEnumerable<string> AllowedNamespaces(string file)
    {
        var parts = Path.GetDirectoryName(Repository.Relative(file))!.Split(Path.DirectorySeparatorChar);
        var suffix = parts[0] == "tests" && parts[1] != "kit" ? ".Tests" : "";
        var name = "K2I";
        foreach (var part in parts.Skip(1))
        {
            name += "." + part;
            yield return name + suffix;
        }
    }

    private static bool HasNoType(string file) => Path.GetFileName(file) is "Program.cs" or "GlobalUsings.cs" or "Module.cs";

    private static bool IsBinary(string file)
    {
        using var stream = File.OpenRead(file);
        Span<byte> start = stackalloc byte[1024];
        return start[..stream.Read(start)].Contains((byte)0);
    }

    // A name in quotes, or a constant of the same module.
    private static string LibraryName(string argument, string text)
    {
        if (argument.StartsWith('"')) return argument.Trim('"');
        var constant = Regex.Match(text, $@"const string {Regex.Escape(argument.Split('.')[^1])}\s*=\s*""([^""]+)""");
        return constant.Success ? constant.Groups[1].Value : argument;
    }

    [GeneratedRegex(@"^namespace ([A-Za-z0-9_.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^public (?:(?:static|sealed|abstract|partial|readonly|ref|unsafe|record) )*(?:class|struct|interface|enum|record|delegate \S+) (\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex(
        @"^ +(?:public|private|internal|protected|static|readonly|volatile|const)\b[^=({;""\n]* (_[a-z]\w*) *[;={]",
        RegexOptions.Multiline)]
    private static partial Regex UnderscoreField();

    [GeneratedRegex(@"\[(?:DllImport|LibraryImport)\(([^,)]+)")]
    private static partial Regex NativeImport();

    // The configuration file has a name of that form, and is none.
    [GeneratedRegex(@"""k2i\.(?!ini"")[^""]*""")]
    private static partial Regex OwnKey();

    [GeneratedRegex(@"\.Data(?:\[|\.Add\()")]
    private static partial Regex ErrorData();

    [GeneratedRegex(@"Disable(Test)?Parallelization = true")]
    private static partial Regex RunsAlone();

    [GeneratedRegex(@"new Thread\(|Task\.Run\(|TaskCreationOptions\.LongRunning|ThreadPool\.|new Timer\(")]
    private static partial Regex ThreadMaking();
}
