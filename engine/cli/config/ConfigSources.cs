namespace K2I.Cli.Config;

/// <summary>Where settings come from. Later wins: defaults, the file, <c>K2I_*</c> variables, <c>--set</c>.</summary>
/// <param name="Path">The file; <c>-</c> for <paramref name="Input"/>; null for <c>./k2i.ini</c>, which may be absent if the rest says enough.</param>
/// <param name="Sets">Texts of the form <c>section.key=value</c>.</param>
internal sealed record ConfigSources(string? Path, IReadOnlyList<string> Sets, IReadOnlyDictionary<string, string> Environment, Stream? Input = null)
{
    public const string DefaultPath = "./k2i.ini";
}
