namespace K2I.Iceberg.Tests;

/// <inheritdoc cref="SharedFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute(string needs = "data/iceberg")
    {
        if (Shared.Find(needs) is null) Skip = $"needs {needs} below K2I_SHARED or ../shared of the repository";
    }
}
