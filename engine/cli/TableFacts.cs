using System.Globalization;
using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;

namespace K2I.Cli;

/// <summary>What the commands say of a table, read from its metadata.</summary>
internal static class TableFacts
{
    public const string FlushIdKey = "k2i.flush-id";

    /// <summary>A total of the current snapshot's summary; 0 without one.</summary>
    public static long Total(Table table, string key) => Number(table.Metadata.CurrentSnapshot, key);

    public static long Number(Snapshot? snapshot, string key) =>
        long.TryParse(snapshot?.Summary.GetValueOrDefault(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;

    public static string Time(long unixMs) => DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string Grouped(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>How far the table is: the map of the nearest ancestor of the current snapshot that has one, else the property's; empty for a table of someone else's.</summary>
    public static OffsetMap Offsets(Table table)
    {
        var text = table.Metadata.Ancestors().Select(s => s.Summary.GetValueOrDefault(OffsetMap.Key)).FirstOrDefault(t => t is not null) ?? table.Metadata.Property(OffsetMap.Key);
        try
        {
            return text is null ? OffsetMap.Empty : OffsetMap.Parse(text);
        }
        catch (EngineException error)
        {
            throw new EngineException(error.Kind, $"table {table.Ident}: {error.Message}", error);
        }
    }
}
