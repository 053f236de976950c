namespace K2I.Cli.Tests;

/// <summary>The files of the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Path(string relative, [System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(here)!, "../..", relative));
}
