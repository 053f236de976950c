namespace K2I.Iceberg;

/// <summary>Finds out by ancestry what became of a snapshot whose commit was sent and not answered, or answered in a way that cannot be relied on.</summary>
/// <remarks>
/// A commit demands that its branch still be at its parent. So if the branch moved on from that parent by another snapshot, the commit did not land, and
/// cannot later: should the branch be rolled back to the parent, the snapshot's sequence number is too old by then. The metadata log shows less: it
/// may reach back to the base while the snapshot landed and was expired in between.
/// </remarks>
internal static class SnapshotFate
{
    /// <param name="sent">The table that the commit was based on.</param>
    /// <param name="now">The same table, loaded afterwards; being stale makes it say less, not wrong.</param>
    public static CommitFate Of(SnapshotId snapshotId, string branch, TableMetadata sent, TableMetadata now)
    {
        if (now.FindSnapshot(snapshotId) is not null) return CommitFate.Landed;
        var parent = Target(sent, branch);
        if (Target(now, branch) == parent) return CommitFate.Open;
        foreach (var snapshot in now.Ancestors(branch))
        {
            if (snapshot.SnapshotId == parent) return now.LastSequenceNumber > sent.LastSequenceNumber ? CommitFate.Never : CommitFate.Hidden;
            // The branch was empty: the very next sequence number is someone else's.
            if (parent is null && snapshot.ParentSnapshotId is null && snapshot.SequenceNumber == sent.LastSequenceNumber + 1) return CommitFate.Never;
        }
        return CommitFate.Hidden;
    }

    private static SnapshotId? Target(TableMetadata table, string branch) => table.Refs.TryGetValue(branch, out var reference) ? reference.SnapshotId : null;
}
