namespace K2I.Iceberg;

/// <summary>How a commit ended. <see cref="Reason"/> says why it was not needed, or not allowed.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Table">The table as it was last seen.</param>
/// <param name="Reason">Null where it was committed.</param>
public sealed record CommitResult(CommitStatus Status, Table Table, string? Reason = null)
{
    /// <summary>An earlier attempt of the action may be in the table, or still come: its data files must not be deleted. Only where the status is Aborted or AlreadyDone.</summary>
    public bool MayHaveLanded { get; init; }
}
