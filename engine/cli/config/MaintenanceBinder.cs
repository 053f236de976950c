using K2I.Maintenance;

namespace K2I.Cli.Config;

/// <summary>
/// Binds how tables are kept in shape: <c>[maintenance]</c> for all of them, and what a <c>[table.NAME]</c> says of its own.
/// </summary>
internal static class MaintenanceBinder
{
    private const long DayMs = 86_400_000;
    private const long LongestMs = 36_500 * DayMs;

    /// <summary>In the order of the choices.</summary>
    private const int OrphansRemoved = 1, OrphansOff = 2;

    /// <summary>What tables have that say nothing.</summary>
    public static MaintenancePolicy Defaults(ValueReader values) => new()
    {
        Compaction = new CompactionPolicy
        {
            TargetFileBytes = TargetFileBytes(values, Keys.TargetFileSize),
            SettleMs = values.Ms(Keys.Settle, 0, DayMs),
        },
        Expiry = new ExpiryPolicy { MaxAgeMs = Age(values, Keys.ExpireAfter), MinSnapshots = MinSnapshots(values, Keys.KeepSnapshots) },
        Orphans = Orphans(values.Choice(Keys.Orphans), Grace(values, Keys.OrphanGrace)),
    };

    public static bool IsOn(ValueReader values) => values.Choice(Keys.Maintenance) == 0;

    /// <summary>The same for one table: what it does not say is as in <paramref name="defaults"/>.</summary>
    public static MaintenancePolicy Bind(ValueReader values, MaintenancePolicy defaults, bool hasKafkaColumn)
    {
        var grace = values.Has(Keys.TableOrphanGrace) ? Grace(values, Keys.TableOrphanGrace)
            : defaults.Orphans?.GraceMs ?? new OrphanPolicy().GraceMs;
        var expiry = defaults.Expiry!;
        return defaults with
        {
            Compaction = defaults.Compaction! with
            {
                TargetFileBytes = values.Has(Keys.TableTargetFileSize)
                    ? TargetFileBytes(values, Keys.TableTargetFileSize) : defaults.Compaction.TargetFileBytes,
                Order = values.Has(Keys.SortBy) ? Order(values.Text(Keys.SortBy)!) : defaults.Compaction.Order,
            },
            Expiry = expiry with
            {
                MaxAgeMs = values.Has(Keys.TableExpireAfter) ? Age(values, Keys.TableExpireAfter) : expiry.MaxAgeMs,
                MinSnapshots = values.Has(Keys.TableKeepSnapshots) ? MinSnapshots(values, Keys.TableKeepSnapshots) : expiry.MinSnapshots,
            },
            Orphans = values.Has(Keys.TableOrphans) ? Orphans(values.Choice(Keys.TableOrphans), grace) : defaults.Orphans is { } orphans
                ? orphans with { GraceMs = grace } : null,
            Retention = Retention(values, hasKafkaColumn),
        };
    }

    public static bool IsOn(ValueReader values, bool otherwise) =>
        values.Has(Keys.TableMaintenance) ? values.Choice(Keys.TableMaintenance) == 0 : otherwise;

    private static RetentionPolicy? Retention(ValueReader values, bool hasKafkaColumn)
    {
        if (!values.Has(Keys.Retention))
        {
            if (values.Changes(Keys.RetentionColumn)) values.Wrong(Keys.RetentionColumn, "has no meaning without retention");
            return null;
        }
        if (!hasKafkaColumn && !values.Has(Keys.RetentionColumn))
            values.Wrong(Keys.Retention, "the table has no column _kafka, whose timestamp it would go by", "name another retention_column");
        return new RetentionPolicy(values.Text(Keys.RetentionColumn)!, Age(values, Keys.Retention));
    }

    private static RowOrder Order(string text)
    {
        const string zorder = "zorder(";
        var isCurve = text.StartsWith(zorder, StringComparison.OrdinalIgnoreCase) && text.EndsWith(')');
        var names = (isCurve ? text[zorder.Length..^1] : text)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new RowOrder(isCurve ? RowOrderKind.ZOrder : RowOrderKind.Sorted, [.. names]);
    }

    private static OrphanPolicy? Orphans(int choice, long graceMs) =>
        choice == OrphansOff ? null : new OrphanPolicy { GraceMs = graceMs, Remove = choice == OrphansRemoved };

    private static long? TargetFileBytes(ValueReader values, ConfigKey key) =>
        values.Has(key) ? values.Bytes(key, 1L << 20, 64L << 30) : null;

    private static int MinSnapshots(ValueReader values, ConfigKey key) => (int)values.Count(key, 1, 1_000_000);

    private static long Age(ValueReader values, ConfigKey key) => values.Ms(key, 60_000, LongestMs);

    private static long Grace(ValueReader values, ConfigKey key) => values.Ms(key, OrphanPolicy.LeastGraceMs, LongestMs);
}
