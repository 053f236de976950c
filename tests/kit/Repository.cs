using System.Reflection;

namespace K2I.Kit;

/// <summary>The checkout that these tests were built from: its modules and files.</summary>
public static class Repository
{
    private static readonly string[] Skipped = [".git", ".build", "dist", "bin", "obj", "node_modules", "TestResults", "__pycache__"];

    public static string Root { get; } =
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepoRoot").Value!;

    public static string Engine { get; } = Path("engine");

    /// <summary>The folders of the engine, by name.</summary>
    public static IEnumerable<string> Modules => Directory.EnumerateDirectories(Engine).Select(d => System.IO.Path.GetFileName(d)).Order();

    /// <summary>The full path of what is named from the root.</summary>
    public static string Path(string relative) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, relative));

    public static string Relative(string path) => System.IO.Path.GetRelativePath(Root, path);

    public static string ProjectOf(string module) => Directory.EnumerateFiles(System.IO.Path.Combine(Engine, module), "*.csproj").Single();

    public static IEnumerable<string> SourcesBelow(string relative) =>
        FilesBelow(Path(relative)).Where(f => f.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>Every file that is no output of a build, in order.</summary>
    public static IEnumerable<string> FilesBelow(string folder) =>
        Directory.EnumerateFiles(folder).Where(IsOurs)
            .Concat(Directory.EnumerateDirectories(folder).Where(IsOurs).SelectMany(FilesBelow))
            .Order();

    // A worktree's .git is a file.
    private static bool IsOurs(string path) => !Skipped.Contains(System.IO.Path.GetFileName(path));
}
