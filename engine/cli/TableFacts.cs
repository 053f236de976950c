using System.Globalization;
using K2I.Iceberg;

namespace K2I.Cli;

/// <summary>What the commands say of a table, read from its metadata.</summary>
internal static class TableFacts
{
    /// <summary>A total of the current snapshot's summary; 0 without one.</summary>
    public static long Total(Table table, string key) => Number(table.Metadata.CurrentSnapshot, key);

    public static long Number(Snapshot? snapshot, string key) =>
        long.TryParse(snapshot?.Summary.GetValueOrDefault(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;

    public static string Time(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A number that is a name.</summary>
    public static string Plain(long id) => id.ToString(CultureInfo.InvariantCulture);

    public static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
