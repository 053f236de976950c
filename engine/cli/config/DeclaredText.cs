namespace K2I.Cli.Config;

/// <summary>Checks the syntax of texts whose grammar belongs to other modules, to name what is wrong before anything starts.</summary>
internal static class DeclaredText
{
    /// <summary>Where in the text and what, or null for a good text.</summary>
    public static (int At, string Flaw)? ColumnsFlaw(string text) => text.Trim().Length == 0 ? (0, "no column") : null;

    public static (int At, string Flaw)? PartitionFlaw(string text) => text.Trim().Length == 0 ? (0, "no field") : null;
}
