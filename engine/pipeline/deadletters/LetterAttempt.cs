using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>Letters on their way into their table: written as a data file, the commit decided or under way.</summary>
/// <param name="FlushId">Of the flush that they belong to.</param>
/// <param name="TableUuid">The letters' table that was looked at.</param>
/// <param name="LookedUp">Rows were looked up in it: only that very snapshot may be committed to. False where the offsets alone decided.</param>
/// <param name="SnapshotId">Its current snapshot then; null where it had none.</param>
/// <param name="Before">Its offsets then.</param>
/// <param name="After">Its offsets with these letters.</param>
/// <param name="Moved">The partitions concerned.</param>
/// <param name="File">What holds the letters.</param>
internal sealed record LetterAttempt(
    string FlushId, string TableUuid, bool LookedUp, SnapshotId? SnapshotId, OffsetMap Before, OffsetMap After, IReadOnlyList<Source> Moved, DataFile File)
{
    internal required AppendFiles Action { get; init; }
}
