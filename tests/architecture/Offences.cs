namespace K2I.Architecture.Tests;

internal static class Offences
{
    /// <summary>Fails naming every offence, so that one run tells all.</summary>
    public static void AssertNone(IEnumerable<string> offences) => Assert.True(!offences.Any(), string.Join('\n', offences));
}
