namespace K2I.Cli;

/// <summary>Commands as they can be pasted into a shell.</summary>
internal static class Shell
{
    private const string Plain = "/._-+=:,@%";

    /// <summary>A word of a command: as it is where it means itself, else in quotes.</summary>
    public static string Quote(string word)
    {
        if (word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal))) return word;
        return word.AsSpan().ContainsAny("\"$`\\!") ? $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'" : $"\"{word}\"";
    }

    /// <summary>How this program is called: by its name where that finds it, else by its path.</summary>
    public static string Self(IReadOnlyDictionary<string, string> environment)
    {
        if (Environment.ProcessPath is not { } path) return "k2i";
        var name = Path.GetFileName(path);
        var found = environment.GetValueOrDefault("PATH", "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        return found is not null && Resolve(found) == Resolve(path) ? name : Quote(path);
    }

    private static string Resolve(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
}
