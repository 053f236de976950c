using System.Text;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Replay;

/// <summary>Reads dead letters from their table, one after another.</summary>
internal static class LetterScan
{
    public static IEnumerable<Letter> Read(Table table, IObjectStore store, string? filter)
    {
        var scan = new TableScan(table, store, new ScanRequest { Filter = filter is null ? null : ScanFilter.Parse(filter) });
        foreach (var needed in new[] { DeadLetterTable.Topic, DeadLetterTable.Partition, DeadLetterTable.Offset, DeadLetterTable.Key, DeadLetterTable.Value })
            if (scan.Schema.Struct.Find(needed) is null) throw new EngineException(ErrorKind.Invalid, $"table {table.Ident} is no table of dead letters: it has no column {needed}");
        return Rows(scan);
    }

    private static IEnumerable<Letter> Rows(TableScan scan)
    {
        using var reader = scan.Read();
        while (reader.TryRead(out var rows))
        {
            var columns = rows.Batch.Columns.ToDictionary(c => c.Field.Name, StringComparer.Ordinal);
            for (var i = 0; i < rows.Rows; i++) yield return Row(columns, rows.Ordinal(i).Value);
        }
    }

    private static Letter Row(Dictionary<string, ColumnView> columns, int row)
    {
        var key = new LetterKey(Name(DeadLetterTable.Topic)!, Name(DeadLetterTable.TopicId) ?? "", columns[DeadLetterTable.Partition].Value<int>(row), new(columns[DeadLetterTable.Offset].Value<long>(row)));
        var time = columns.GetValueOrDefault(DeadLetterTable.Timestamp);
        return new Letter(key)
        {
            TimestampMs = time is null || time.IsNull(row) ? null : time.Value<long>(row) / 1000,
            TimestampType = Name(DeadLetterTable.TimestampType),
            Error = Name(DeadLetterTable.Error) ?? "",
            Detail = Text(DeadLetterTable.Detail) ?? "",
            RecordKey = Bytes(DeadLetterTable.Key),
            Value = Bytes(DeadLetterTable.Value),
            Headers = columns.GetValueOrDefault(DeadLetterTable.Headers) is { } headers && !headers.IsNull(row) ? HeadersOf(headers, row) : [],
        };

        byte[]? Bytes(string name) => Known(name)?.Bytes(row).ToArray();

        string? Text(string name) => Known(name) is { } column ? Encoding.UTF8.GetString(column.Bytes(row)) : null;

        // What most letters of a table have in common is kept once.
        string? Name(string name) => Known(name) is { } column ? StringPool.Shared.GetOrAdd(column.Bytes(row), Encoding.UTF8) : null;

        ColumnView? Known(string name) => columns.GetValueOrDefault(name) is { } column && !column.IsNull(row) ? column : null;
    }

    private static List<KafkaHeader> HeadersOf(ColumnView column, int row)
    {
        var headers = new List<KafkaHeader>();
        var element = column.Children[0];
        var names = element.Children.First(c => c.Field.Name == "key");
        var values = element.Children.First(c => c.Field.Name == "value");
        for (var i = column.Offsets[row]; i < column.Offsets[row + 1]; i++)
            headers.Add(new(Encoding.UTF8.GetString(names.Bytes(i)), values.IsNull(i) ? (ReadOnlyMemory<byte>?)null : values.Bytes(i).ToArray()));
        return headers;
    }
}
