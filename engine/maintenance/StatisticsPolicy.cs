namespace K2I.Maintenance;

/// <summary>How old statistics may become.</summary>
public sealed record StatisticsPolicy
{
    /// <summary>
    /// For each snapshot that is the current one: Spark takes statistics of the very snapshot that it reads, and no others.
    /// </summary>
    public static readonly StatisticsPolicy Always = new() { MostNewRows = -1 };

    /// <summary>They are made anew when more than so large a part of the rows came or went since.</summary>
    public double MostNewRows { get; init; } = 0.2;
}
