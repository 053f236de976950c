namespace K2I.EndToEnd.Tests;

/// <summary>A test that needs nothing but the published binary.</summary>
public sealed class BinaryFactAttribute : FactAttribute
{
    public BinaryFactAttribute() => Skip = Needs.NoBinary;
}
