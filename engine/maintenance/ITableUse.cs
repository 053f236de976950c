using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>
/// What else is done with a table that is maintained: what its commits carry, and what jobs must leave alone. Any thread.
/// </summary>
public interface ITableUse
{
    /// <summary>
    /// Summary entries of a snapshot that changes no row, made on this base: what the table's snapshots carry is carried on.
    /// </summary>
    ImmutableSortedDictionary<string, string> SummaryOf(Table table);

    /// <summary>Key-value metadata of a file that takes the place of others, by theirs; opaque here.</summary>
    ImmutableSortedDictionary<string, string> FileMetadataOf(IReadOnlyList<IReadOnlyDictionary<string, string>> replaced);

    /// <summary>Snapshots that are read at the moment: queries, followers, other jobs. They do not expire.</summary>
    ImmutableHashSet<SnapshotId> SnapshotsInUse();

    /// <summary>
    /// A file of a commit that is being made, or of which it is not known whether it landed. It is no orphan, at any age.
    /// </summary>
    bool IsInUse(string location);
}
