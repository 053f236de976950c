namespace K2I.Cli.Config;

/// <summary>One thing that is wrong with the configuration: where, what was expected and found, and what was probably meant. Holds no secret.</summary>
internal sealed record Problem(Place Place, string Message, string? Hint = null)
{
    public override string ToString() => Hint is null ? $"{Place}: {Message}" : $"{Place}: {Message}; {Hint}";
}
