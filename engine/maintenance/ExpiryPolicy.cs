namespace K2I.Maintenance;

/// <summary>
/// Which snapshots are kept, where the table's own properties (<c>history.expire.*</c>) and the settings of its refs do not say.
/// </summary>
public sealed record ExpiryPolicy
{
    /// <summary>Snapshots that are older go; null: Iceberg's five days.</summary>
    public long? MaxAgeMs { get; init; }

    /// <summary>How many of each branch stay whatever their age; null: Iceberg's one.</summary>
    public int? MinSnapshots { get; init; }

    /// <summary>What is said here comes before the table's properties: a person asked for it.</summary>
    public bool Insists { get; init; }
}
