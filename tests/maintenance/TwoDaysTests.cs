using System.Globalization;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Iceberg.Tests;
using K2I.Storage;
using Xunit.Abstractions;

namespace K2I.Maintenance.Tests;

/// <summary>
/// Two days of commits with the defaults: what readers and writers have to look through no longer grows once snapshots expire.
/// </summary>
public sealed class TwoDaysTests(ITestOutputHelper output)
{
    private const int RoundCommits = 10, ExpiryCommits = 20, RowsPerCommit = 5;
    private const long DayMs = 86_400_000;

    /// <summary>How many seconds lie between two commits; a process has 30, which takes some minutes.</summary>
    private static readonly int CommitSeconds =
        int.Parse(Environment.GetEnvironmentVariable("K2I_TWO_DAYS_SECONDS") ?? "240", CultureInfo.InvariantCulture);

    private static readonly int CommitsPerDay = 86_400 / CommitSeconds;

    private static readonly Schema Columns = Schema.Of(
        new Field(1, "id", PrimitiveType.Long, true), new Field(2, "text", PrimitiveType.String, false));

    [Theory]
    [InlineData("")]
    [InlineData("bucket(4, id)")]
    public void FilesManifestsAndMetadataStayFlat(string partitionBy)
    {
        using var table = MaintainedTable.InMemory(Columns, partitionBy,
            properties: (TableProperties.DeleteAfterCommit, "true"));
        var store = (MemoryStore)table.Store;
        // As a running process has it; the size of files is to that of a flush as it is there: about a thousand.
        var policy = new MaintenancePolicy
        {
            Compaction = new() { TargetFileBytes = 1 << 20 },
            Expiry = new() { MaxAgeMs = DayMs, MinSnapshots = 100 },
            Orphans = null,
            Statistics = null,
        };
        var morning = new Sizes(0, 0, 0, 0);
        long rewritten = 0;
        var evening = morning;
        for (var commit = 1; commit <= 2 * CommitsPerDay; commit++)
        {
            table.Append(RowsPerCommit);
            table.Clock.Pass((CommitSeconds * 1_000L) - 1_000);
            if (commit % RoundCommits == 0)
            {
                table.Policy = commit % ExpiryCommits == 0 ? policy : policy with { Expiry = null };
                foreach (var plan in table.Plan())
                {
                    var outcome = MaintainedTable.Run(plan, table.Context);
                    Assert.Null(outcome.Conflict);
                    rewritten += outcome.RowsRewritten;
                }
            }
            // Snapshots expire from the second day's morning on.
            if (commit < CommitsPerDay + 2 * ExpiryCommits) continue;
            if (commit < 3 * CommitsPerDay / 2) morning = morning.Or(Sizes.Of(table, store));
            else evening = evening.Or(Sizes.Of(table, store));
        }
        output.WriteLine($"{2 * CommitsPerDay} commits: {evening}, {morning} in the morning; {rewritten} rows written again");
        Assert.True(evening.Within(morning), $"{evening} in the evening of the second day, {morning} in its morning");
        Assert.InRange(rewritten, 1, 3L * 2 * CommitsPerDay * RowsPerCommit);
        Assert.Equal(2 * CommitsPerDay * RowsPerCommit, table.Rows().Count);
        table.Lint();
    }

    /// <summary>What a reader opens, and a writer writes with each commit.</summary>
    private sealed record Sizes(int Files, int Manifests, long MetadataBytes, int Objects)
    {
        internal static Sizes Of(MaintainedTable table, MemoryStore store)
        {
            var metadata = table.Table.Metadata;
            var manifests = new ManifestReader(store).Manifests(metadata, metadata.CurrentSnapshot!).Count;
            return new(table.Files().Length, manifests, store.Length(table.Table.MetadataLocation), store.List(store.Root).Count());
        }

        internal Sizes Or(Sizes other) => new(Math.Max(Files, other.Files), Math.Max(Manifests, other.Manifests),
            Math.Max(MetadataBytes, other.MetadataBytes), Math.Max(Objects, other.Objects));

        /// <summary>No more than a quarter as much again: merging comes in waves.</summary>
        internal bool Within(Sizes usual) => Files <= usual.Files * 5 / 4 && Manifests <= usual.Manifests * 5 / 4
            && MetadataBytes <= usual.MetadataBytes * 5 / 4 && Objects <= usual.Objects * 5 / 4;
    }
}
