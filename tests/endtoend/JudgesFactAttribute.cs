namespace K2I.EndToEnd.Tests;

/// <summary>A test of tables that the binary did not make: needs the judges alone.</summary>
public sealed class JudgesFactAttribute : FactAttribute
{
    public JudgesFactAttribute() => Skip = Needs.NoJudges;
}
