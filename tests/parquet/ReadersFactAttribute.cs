namespace K2I.Parquet.Tests;

/// <summary>A test that needs the foreign readers; skipped, with the reason, where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadersFactAttribute : FactAttribute
{
    public ReadersFactAttribute() => Skip = Readers.Missing;
}

/// <inheritdoc cref="ReadersFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadersTheoryAttribute : TheoryAttribute
{
    public ReadersTheoryAttribute() => Skip = Readers.Missing;
}
