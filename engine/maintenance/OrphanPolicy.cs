namespace K2I.Maintenance;

/// <summary>What becomes of files that the table does not name.</summary>
public sealed record OrphanPolicy
{
    /// <summary>
    /// No grace is shorter unless <see cref="Force"/> says so: a flush may take long, and its files have no name in the table until its
    /// commit.
    /// </summary>
    public const long LeastGraceMs = 86_400_000;

    /// <summary>How long a file is left alone since it was last changed.</summary>
    public long GraceMs { get; init; } = 3 * LeastGraceMs;

    /// <summary>Remove them; otherwise they are only told of.</summary>
    public bool Remove { get; init; }

    /// <summary>Also where it is so much that something else looks wrong, and with a shorter grace. For a person who has looked.</summary>
    public bool Force { get; init; }

    /// <summary>Look below this location; null: the table's own.</summary>
    public string? Location { get; init; }
}
