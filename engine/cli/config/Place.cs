namespace K2I.Cli.Config;

/// <summary>Where a setting was written: a file with line and column (from 1), or an option or environment variable by name (line 0).</summary>
internal readonly record struct Place(string Source, int Line = 0, int Column = 0)
{
    public override string ToString() => Line == 0 ? Source : $"{Source}:{Line}:{Column}";
}
