namespace K2I.Iceberg;

/// <summary>How a commit ended. <see cref="Reason"/> says why it was not needed, or not allowed.</summary>
/// <param name="Status">What happened.</param>
/// <param name="Table">The table as it was last seen.</param>
/// <param name="Attempts">How many bases were tried.</param>
/// <param name="Reason">Null where it was committed.</param>
public sealed record CommitResult(CommitStatus Status, Table Table, int Attempts, string? Reason = null);
