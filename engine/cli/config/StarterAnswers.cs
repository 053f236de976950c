namespace K2I.Cli.Config;

/// <summary>What a starter file cannot guess; the defaults are those of the project's own <c>k2i.ini</c>.</summary>
internal sealed record StarterAnswers
{
    public string Brokers { get; init; } = Keys.Brokers.Example!;

    public string Topics { get; init; } = Keys.Topics.Example!;

    public string Table { get; init; } = "events";

    public string Warehouse { get; init; } = Keys.Warehouse.Example!;
}
