using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Config;
using K2I.Memory;
using K2I.Pipeline;
using K2I.Wal;

namespace K2I.Cli.Commands;

/// <summary>A lane's log for <c>k2i wal</c>: its entries as JSON lines, with the names of their tables as far as any of the logs tells
/// them. Changes nothing.</summary>
/// <param name="Only">The stream to show; null for all.</param>
internal sealed record LaneLogView(int Lane, WalReader Log, IReadOnlyDictionary<ulong, string> Tables, ulong? Only)
{
    private static readonly JsonWriterOptions Line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string Name => NameOf(Lane);

    /// <summary>Takes the name of the entry's table, or its stream where that has no known name, and the entry.</summary>
    public delegate void TakeLine(string table, ReadOnlySpan<byte> json);

    /// <summary>The logs below a directory, by lane. Throws NotFound where there is none, or none has entries of the table.</summary>
    public static List<LaneLogView> OpenAll(string root, string? table)
    {
        var lanes = Directory.Exists(root)
            ? [.. Directory.GetDirectories(root).Select(d => LaneOf(Path.GetFileName(d))).OfType<int>().Order()] : new List<int>();
        if (lanes.Count == 0) throw new EngineException(ErrorKind.NotFound, $"there is no log below {root}");
        var tables = new Dictionary<ulong, string>();
        var streams = new HashSet<ulong>();
        var logs = lanes.Select(lane => new LaneLogView(lane, WalReader.Open(LocalFileSystem.Instance, Path.Combine(root, NameOf(lane))),
            tables, table is null ? null : LogEntryText.StreamOf(table))).ToList();
        foreach (var log in logs) log.Log.Read(default, new NameReader(tables, streams));
        if (table is null) return logs;
        if (streams.Contains(LogEntryText.StreamOf(table)))
        {
            // Its name may have been truncated away while its records stand.
            tables[LogEntryText.StreamOf(table)] = table;
            return logs;
        }
        var hint = Nearest.Hint(table, tables.Values);
        throw new EngineException(ErrorKind.NotFound,
            $"there are no entries of a table "
                + $"'{string.Concat(table.Take(60).Where(c => !char.IsControl(c)))}' in the logs below {root}"
                    + $"{(hint is null ? "" : "; " + hint)}");
    }

    public void Read(LogPosition from, TakeLine take) => Log.Read(from, new EntryPrinter(this, take));

    private static string NameOf(int lane) => $"lane-{lane.ToString(CultureInfo.InvariantCulture)}";

    private static int? LaneOf(string? directory) =>
        directory is not null && directory.StartsWith("lane-", StringComparison.Ordinal)
            && int.TryParse(directory.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var lane) ? lane : null;

    private sealed class NameReader(Dictionary<ulong, string> tables, HashSet<ulong> streams) : IFrameHandler
    {
        public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
        {
            streams.Add(stream);
            if (LogEntryText.TableOf(kind, payload) is { } table) tables[stream] = table;
            return true;
        }
    }

    private sealed class EntryPrinter(LaneLogView log, TakeLine take) : IFrameHandler
    {
        private readonly ArrayBufferWriter<byte> line = new();

        public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
        {
            if (log.Only is { } only && stream != only) return true;
            var table = log.Tables.GetValueOrDefault(stream);
            line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(line, Line)) LogEntryText.Write(json, log.Lane, table, kind, stream, position, payload);
            take(table ?? stream.ToString("x16", CultureInfo.InvariantCulture), line.WrittenSpan);
            return true;
        }
    }
}
