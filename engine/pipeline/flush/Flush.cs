using System.Text;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>One flush: its id and epoch, which stand in file names and in the snapshot, and the offsets it adds. The same through all retries, and after a crash.</summary>
internal sealed record Flush(string Id, long Epoch, IReadOnlyList<OffsetRange> Ranges)
{
    /// <summary>The commit under way; kept while its outcome is unknown.</summary>
    internal AppendFiles? Action { get; set; }

    /// <summary>The catalog was asked to commit it.</summary>
    internal bool WasTried { get; set; }

    /// <summary>An answer of the catalog was lost: whatever comes later, its files may be in the table.</summary>
    internal bool MayHaveLanded { get; set; }

    /// <summary>The ranges as each data file carries them; see <see cref="LogEntry.BufferSnapshot.WriteRanges"/>.</summary>
    internal string RangesJson()
    {
        using var buffer = new ArrayPoolBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) LogEntry.BufferSnapshot.WriteRanges(json, Ranges.Select(LoggedFlush.Range.Of));
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
