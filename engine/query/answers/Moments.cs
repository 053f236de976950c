using System.Globalization;
using K2I.Iceberg;

namespace K2I.Query;

/// <summary>Moments of a table in the past, by name.</summary>
internal static class Moments
{
    private static readonly string[] Times =
        ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK"];

    /// <summary>
    /// Asks for the rows of a moment: of a branch or tag of that name, of the snapshot of that id, or of the snapshot that was current at
    /// that time. Throws <see cref="QueryFault.NotFound"/>, <see cref="QueryFault.BadQuestion"/>.
    /// </summary>
    internal static ScanRequest At(ScanRequest request, TableMetadata table, string moment)
    {
        if (table.Refs.ContainsKey(moment)) return request with { Reference = moment };
        if (long.TryParse(moment, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id))
        {
            return table.FindSnapshot(new(id)) is not null
                ? request with { SnapshotId = new SnapshotId(id) }
                : throw new QueryException(QueryFault.NotFound, $"there is no snapshot {id}: it never was, or has expired");
        }
        if (!DateTimeOffset.TryParseExact(moment, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            throw new QueryException(QueryFault.NotFound,
                $"'{moment}' is no branch or tag of the table, and neither a snapshot's id nor a time like 2026-01-31T12:00:00Z");
        }
        SnapshotId? found = null;
        foreach (var entry in table.SnapshotLog)
            if (entry.TimestampMs <= time.ToUnixTimeMilliseconds()) found = entry.SnapshotId;
        if (found is not { } then || table.FindSnapshot(then) is null)
            throw new QueryException(QueryFault.NotFound, $"there is no snapshot of {moment}: the table is younger, or it has expired");
        return request with { SnapshotId = then };
    }
}
