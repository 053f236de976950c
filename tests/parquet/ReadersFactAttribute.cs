namespace K2I.Parquet.Tests;

/// <summary>A test that needs the foreign readers; skipped, with the reason, where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadersFactAttribute : FactAttribute
{
    public ReadersFactAttribute() => Skip = Readers.Missing;
}

/// <summary>A test that needs pyarrow; skipped, with the reason, where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PyArrowFactAttribute : FactAttribute
{
    public PyArrowFactAttribute() => Skip = Readers.PyArrowMissing;
}
