using System.Text;

namespace K2I.Simulation.Tests;

/// <summary>One life of a topic.</summary>
public sealed class SimTopic(string name, string id, int partitions)
{
    public string Name => name;

    public string Id => id;

    public SimPartition[] Partitions { get; } = [.. Enumerable.Range(0, partitions).Select(_ => new SimPartition())];

    /// <summary>Deleted.</summary>
    public bool Gone { get; set; }

    /// <summary>Appends a record behind <paramref name="gap"/> offsets that hold none: control records, or compacted ones.</summary>
    public SimRecord Append(int partition, long recordId, RecordKind kind, string text, long timestampMs, int gap, string extra = "",
        SimWriter? writer = null)
    {
        var to = Partitions[partition];
        to.High += gap;
        var value = kind switch
        {
            RecordKind.Row => $$"""{"id":{{recordId}},"text":"{{text}}"{{extra}}}""",
            RecordKind.Poison => (recordId % 3) switch { 0 => $"not json {recordId}", 1 => $$"""{"id":"{{text}}"}""", _ => "" },
            _ => null,
        };
        var record = new SimRecord
        {
            Id = recordId,
            Topic = this,
            Partition = partition,
            Offset = to.High++,
            TimestampMs = timestampMs,
            Kind = kind,
            Text = text,
            Writer = writer,
            Key = Encoding.UTF8.GetBytes($"k{recordId}"),
            Value = writer is not null ? writer.Encode(recordId, text) : value is null ? null : Encoding.UTF8.GetBytes(value),
        };
        to.Records.Add(record);
        return record;
    }
}

/// <summary>A partition: its records by offset, with holes, and the range that is held.</summary>
public sealed class SimPartition
{
    public List<SimRecord> Records { get; } = [];

    /// <summary>The first offset held.</summary>
    public long Low { get; set; }

    /// <summary>The next offset to be written.</summary>
    public long High { get; set; }

    /// <summary>The index of the first record at or behind an offset.</summary>
    public int IndexOf(long offset)
    {
        int from = 0, to = Records.Count;
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (Records[middle].Offset < offset) from = middle + 1;
            else to = middle;
        }
        return from;
    }
}
