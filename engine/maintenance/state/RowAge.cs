using System.Globalization;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>From which time on a table keeps its rows, at one moment. A row without a time is kept: nobody knows how old it is.</summary>
public sealed class RowAge
{
    private readonly byte[] from;

    private RowAge(Field column, string path, long fromMs)
    {
        Column = column;
        var time = DateTimeOffset.FromUnixTimeMilliseconds(fromMs).UtcDateTime;
        (from, var text) = column.Type.Kind switch
        {
            TypeKind.Date => (SingleValue.OfInt((int)Math.Floor(fromMs / 86_400_000.0)), Text("yyyy-MM-dd")),
            TypeKind.TimestampTz => (SingleValue.OfLong(fromMs * 1000), Text("yyyy-MM-ddTHH:mm:ss.fff+00:00")),
            TypeKind.TimestampTzNs => (SingleValue.OfLong(fromMs * 1_000_000), Text("yyyy-MM-ddTHH:mm:ss.fff+00:00")),
            TypeKind.TimestampNs => (SingleValue.OfLong(fromMs * 1_000_000), Text("yyyy-MM-ddTHH:mm:ss.fff")),
            _ => (SingleValue.OfLong(fromMs * 1000), Text("yyyy-MM-ddTHH:mm:ss.fff")),
        };
        Kept = new ScanFilter.Any([Is(ScanOperator.IsNull), Is(ScanOperator.GreaterOrEqual, text)]);

        string Text(string format) => time.ToString(format, CultureInfo.InvariantCulture);
        ScanFilter.Is Is(ScanOperator by, params ReadOnlySpan<string> values) => new(new ScanPredicate(path, by, [.. values]));
    }

    public Field Column { get; }

    /// <summary>Met by the rows that are kept.</summary>
    public ScanFilter Kept { get; }

    /// <summary>Null where the policy keeps everything, or names no column of dates or times that the table has.</summary>
    public static RowAge? Of(RetentionPolicy? policy, TableMetadata table, long nowMs)
    {
        if (policy is null || table.CurrentSchema.FindByPath(policy.Column) is not { } column) return null;
        var isTime = column.Type.Kind
            is TypeKind.Date or TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs;
        // Before the year 1 nothing is older.
        return isTime && nowMs - policy.KeepMs > DateTimeOffset.MinValue.ToUnixTimeMilliseconds()
            ? new(column, policy.Column, nowMs - policy.KeepMs) : null;
    }

    /// <summary>True unless the file's metrics say that all its rows are kept.</summary>
    public bool MayHaveOlder(DataFile file) =>
        file.LowerBounds?.GetValueOrDefault(Column.Id) is { } least ? SingleValue.Compare(Column.Type, least, from) < 0
        : file.NullValueCounts?.GetValueOrDefault(Column.Id, -1) != file.RecordCount;
}
