namespace K2I.Kit;

/// <summary>
/// Programs from npm, installed by <c>build.sh test</c>: in <c>.build/NAME</c>, or below the folder that <c>K2I_NPM</c> names.
/// </summary>
public static class Packages
{
    private static readonly string Root = Environment.GetEnvironmentVariable("K2I_NPM") is { Length: > 0 } given ? given
        : Environment.GetEnvironmentVariable("K2I_BUILD_DIR") is { Length: > 0 } build ? build : Repository.Path(".build");

    /// <summary>The file of a package; null where it is not installed.</summary>
    public static string? Find(string package, string path) =>
        Path.Combine(Root, package, "node_modules", package, path) is var file && File.Exists(file) ? file : null;
}
