namespace K2I.Iceberg.Tests;

/// <summary>Where data and programs that are not part of the project lie: <c>K2I_SHARED</c>, or <c>shared</c> beside the repository.</summary>
internal static class Shared
{
    public static string? Root { get; } = FindRoot();

    public static string? Find(string path) => Root is not null && (File.Exists(Path.Join(Root, path)) || Directory.Exists(Path.Join(Root, path))) ? Path.Join(Root, path) : null;

    public static string Need(string path) => Find(path) ?? throw new FileNotFoundException(path);

    private static string? FindRoot()
    {
        if (Environment.GetEnvironmentVariable("K2I_SHARED") is { Length: > 0 } given) return Path.GetFullPath(given);
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
            if (Directory.Exists(Path.Join(at, "engine")) && Directory.Exists(Path.Join(Path.GetDirectoryName(at), "shared"))) return Path.Join(Path.GetDirectoryName(at), "shared");
        return null;
    }
}
