namespace K2I.Catalogs.Tests;

/// <summary>PyIceberg as another engine: of the environment that <c>K2I_PYTHON</c> names, or that the build has made.</summary>
internal static class PythonEngine
{
    /// <summary>The folder of the environment; null where there is none.</summary>
    public static string? Environment { get; } = Find();

    /// <summary>The interpreter.</summary>
    public static string Program => Path.Combine(Environment!, "bin", "python");

    /// <summary>Runs a program in it; what it printed, of which anything but success fails the test.</summary>
    public static string Run(string program, params string[] arguments)
    {
        var result = Tool.Run(Program, ["-", .. arguments], program);
        Assert.True(result.ExitCode == 0, result.All);
        return result.Output.Trim();
    }

    private static string? Find()
    {
        List<string?> roots = [System.Environment.GetEnvironmentVariable("K2I_PYTHON")];
        if (System.Environment.GetEnvironmentVariable("K2I_BUILD_DIR") is { Length: > 0 } build) roots.Add(Path.Join(build, "python"));
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at)) roots.Add(Path.Join(at, "python"));
        return roots.OfType<string>().FirstOrDefault(r => File.Exists(Path.Join(r, "bin", "python")));
    }
}
