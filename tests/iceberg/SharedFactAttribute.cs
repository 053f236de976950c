namespace K2I.Iceberg.Tests;

/// <summary>A fact that needs shared test data or the judge (Iceberg Java); skipped, visibly, where it is not at hand.</summary>
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(string needs = "data/iceberg")
    {
        if (Shared.Find(needs) is null) Skip = $"needs {needs} below K2I_SHARED or ../shared of the repository";
    }
}
