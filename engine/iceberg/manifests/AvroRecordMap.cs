using K2I.Avro;

namespace K2I.Iceberg;

/// <summary>Where the fields of a record are in a file's own schema: found by field id, else by name; absent ones read as null.</summary>
internal sealed class AvroRecordMap
{
    private readonly Dictionary<int, int> byId = [];
    private readonly Dictionary<string, int> byName = new(StringComparer.Ordinal);
    private readonly AvroType record;

    public AvroRecordMap(AvroType record)
    {
        this.record = record.Optional ?? record;
        for (var at = 0; at < this.record.Fields.Length; at++)
        {
            if (this.record.Fields[at].Id is { } id) byId[id] = at;
            byName[this.record.Fields[at].Name] = at;
        }
    }

    public object? Get(object?[] record, int id, string name) => Find(id, name) is var at && at >= 0 ? record[at] : null;

    public long? Long(object?[] record, int id, string name) => Get(record, id, name) switch
    {
        long l => l,
        int i => i,
        _ => null,
    };

    public SnapshotId? SnapshotId(object?[] record, int id, string name) => Long(record, id, name) is { } number ? new SnapshotId(number) : null;

    public int? Int(object?[] record, int id, string name) => (int?)Long(record, id, name);

    public string? String(object?[] record, int id, string name) => Get(record, id, name) as string;

    public byte[]? Bytes(object?[] record, int id, string name) => Get(record, id, name) as byte[];

    public AvroType? TypeOf(int id, string name) => Find(id, name) is var at && at >= 0 ? record.Fields[at].Type : null;

    private int Find(int id, string name) => byId.TryGetValue(id, out var at) ? at : byName.GetValueOrDefault(name, -1);
}
