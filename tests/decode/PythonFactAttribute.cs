namespace K2I.Decode.Tests;

/// <summary>A test that needs Google's library for Python; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute()
    {
        if (!File.Exists(Program)) Skip = $"no {Program}: a Python environment that K2I_PYTHON names, with protobuf";
    }

    internal static string Program { get; } = Path.Join(Environment.GetEnvironmentVariable("K2I_PYTHON") is { Length: > 0 } named
        ? named : Repository.Path(".build/python"), "bin", "python");
}
