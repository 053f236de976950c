namespace K2I.Maintenance;

/// <summary>How old statistics may become.</summary>
public sealed record StatisticsPolicy
{
    /// <summary>They are made anew when so large a part of the rows is newer than they are; 0: whenever anything is.</summary>
    public double MostNewRows { get; init; } = 0.2;
}
