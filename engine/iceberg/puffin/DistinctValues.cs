using System.Globalization;

using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Numbers of distinct values by column, as a statistics file of the table has them.</summary>
public static class DistinctValues
{
    /// <summary>By field id. The file's word for it (property <c>ndv</c>) if it has one, else what the sketch says.</summary>
    public static IReadOnlyDictionary<int, long> Read(IObjectStore store, StatisticsFile statistics)
    {
        using var file = PuffinFile.Open(store, statistics.Path);
        var counts = new SortedDictionary<int, long>();
        foreach (var blob in file.Blobs)
        {
            if (blob.Type != PuffinBlob.ThetaSketchType || blob.Fields.Length != 1) continue;
            counts[blob.Fields[0]] = blob.Properties.TryGetValue("ndv", out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var said)
                ? said
                : (long)Math.Round(ThetaSketch.Estimate(file.Read(blob), $"{statistics.Path}, blob at {blob.Offset}"));
        }
        return counts;
    }
}
