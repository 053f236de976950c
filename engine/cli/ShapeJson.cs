using System.Text.Json;
using K2I.Maintenance;

namespace K2I.Cli;

/// <summary>How well a table is in shape, as the status of a process and the page of a table say it.</summary>
internal static class ShapeJson
{
    /// <summary>Adds to an object that is open.</summary>
    public static void Write(Utf8JsonWriter json, TableShape shape)
    {
        json.WriteNumber("data_files", shape.DataFiles);
        json.WriteNumber("small_files", shape.SmallFiles);
        json.WriteNumber("left_files", shape.LeftFiles);
        json.WriteNumber("average_file_bytes", shape.AverageFileBytes);
        json.WriteNumber("oldest_snapshot_unix_ms", shape.OldestSnapshotUnixMs);
        if (shape.WriteAmplification is { } factor) json.WriteNumber("write_amplification", Math.Round(factor, 2));
        else json.WriteNull("write_amplification");
    }
}
