namespace K2I.Cli.Config;

/// <summary>A section with its entries in file order; keys are unique.</summary>
internal sealed record IniSection(string Name, Place Place, List<IniEntry> Entries);
