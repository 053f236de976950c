namespace K2I.Kit;

/// <summary>
/// Where data and programs that are not part of the project lie: <c>K2I_SHARED</c>, or <c>shared</c> beside the checkout.
/// </summary>
public static class Shared
{
    public static string Root { get; } =
        Path.GetFullPath(Environment.GetEnvironmentVariable("K2I_SHARED") is { Length: > 0 } given ? given : Repository.Path("../shared"));

    /// <summary>The file or folder; null where there is none.</summary>
    public static string? Find(string path) => File.Exists(At(path)) || Directory.Exists(At(path)) ? At(path) : null;

    /// <summary>The file or folder; throws <see cref="FileNotFoundException"/> where there is none.</summary>
    public static string Need(string path) => Find(path) ?? throw new FileNotFoundException($"{path} is not in {Root} (K2I_SHARED)");

    /// <summary>Where it would be.</summary>
    public static string At(string path) => Path.Combine(Root, path);
}
