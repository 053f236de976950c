namespace K2I.Decode.Tests;

/// <summary>A test judged by fastavro; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FastavroFactAttribute : FactAttribute
{
    internal static string? Python { get; } = new[]
    {
        Environment.GetEnvironmentVariable("K2I_PYTHON") is { Length: > 0 } given ? given : null,
        Environment.GetEnvironmentVariable("K2I_BUILD_DIR") is { Length: > 0 } build ? Path.Join(build, "python") : null,
        Repository.Path(".build/python"),
    }.OfType<string>().Select(r => Path.Join(r, "bin", "python")).FirstOrDefault(File.Exists);

    public FastavroFactAttribute() => Skip = Python is null ? "no Python with fastavro: made by ./build.sh test (or K2I_PYTHON)" : null;
}
