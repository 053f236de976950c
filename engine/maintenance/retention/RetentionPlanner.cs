using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Says which rows of a table are older than it keeps them, and which files have no others. Pure.</summary>
/// <remarks>
/// A row without a time is never too old. A file that has one, or of which it is not known whether it has, stays whole; its old rows go
/// when it is rewritten.
/// </remarks>
public static class RetentionPlanner
{
    /// <summary>Null: no file has only rows that are too old.</summary>
    /// <param name="table">The table as it is.</param>
    /// <param name="policy">How long rows are kept.</param>
    /// <param name="files">Its live files; deletes are passed over, as theirs go with the files that they concern.</param>
    /// <param name="nowMs">The time, in Unix milliseconds.</param>
    /// <exception cref="EngineException">NotFound, Invalid: the policy's column is not there, or has no times.</exception>
    public static RetentionPlan? Plan(TableMetadata table, RetentionPolicy policy, IEnumerable<DataFile> files, long nowMs)
    {
        var old = new FileFilter(TooOld(table, policy, nowMs), table);
        ImmutableArray<DataFile> gone = [.. files.Where(f => f.Content == FileContent.Data && old.ShareOf(f) == RowShare.All)];
        if (gone.IsEmpty) return null;
        return new RetentionPlan(
            string.Create(CultureInfo.InvariantCulture,
                $"{gone.Length} files of {Units.FormatBytes(gone.Sum(f => f.FileSizeBytes))} have "
                + $"only rows whose {policy.Column} is older than {Units.FormatMs(policy.KeepMs)}"),
            gone);
    }

    /// <summary>What rows meet that are too old: also for a rewrite, which leaves them out.</summary>
    public static ScanFilter TooOld(TableMetadata table, RetentionPolicy policy, long nowMs)
    {
        var field = table.CurrentSchema.FindByPath(policy.Column) ?? throw new EngineException(ErrorKind.NotFound,
            $"table at {table.Location}: retention is by column '{policy.Column}', which it does not have");
        // The first moment that is kept; for a year before the calendar's first nothing is too old.
        var ms = Math.Max(nowMs - policy.KeepMs, DateTimeOffset.MinValue.ToUnixTimeMilliseconds());
        var oldest = DateTimeOffset.FromUnixTimeMilliseconds(ms);
        var text = field.Type.Kind switch
        {
            // A day is too old when its last moment is.
            TypeKind.Date => oldest.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            TypeKind.Timestamp or TypeKind.TimestampNs => oldest.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture),
            TypeKind.TimestampTz or TypeKind.TimestampTzNs =>
                oldest.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+00:00'", CultureInfo.InvariantCulture),
            _ => throw new EngineException(ErrorKind.Invalid,
                $"table at {table.Location}: retention is by column '{policy.Column}' of type {field.Type}, which has no times"),
        };
        return new ScanFilter.Is(new ScanPredicate(policy.Column, ScanOperator.Less, [text]));
    }
}
