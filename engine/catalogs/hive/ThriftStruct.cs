using System.Text;
using Thrift.Protocol.Entities;

namespace K2I.Catalogs.Hive;

/// <summary>
/// A struct of Thrift as its fields by id. Fields that are known to nobody here are kept: what is read and written again loses nothing.
/// </summary>
/// <remarks>
/// Values: bool, sbyte, short, int, long, double, Guid, byte[] (text too), <see cref="ThriftStruct"/>, <see cref="ThriftList"/>,
/// <see cref="ThriftMap"/>.
/// </remarks>
internal sealed class ThriftStruct
{
    private readonly SortedDictionary<short, (TType Type, object Value)> fields = [];

    public IEnumerable<(short Id, TType Type, object Value)> Fields => fields.Select(f => (f.Key, f.Value.Type, f.Value.Value));

    /// <summary>Sets a field; null takes it away.</summary>
    public ThriftStruct Set(short id, string? text) => text is null ? Without(id) : Set(id, TType.String, Encoding.UTF8.GetBytes(text));

    public ThriftStruct Set(short id, bool value) => Set(id, TType.Bool, value);

    public ThriftStruct Set(short id, int value) => Set(id, TType.I32, value);

    public ThriftStruct Set(short id, long value) => Set(id, TType.I64, value);

    public ThriftStruct Set(short id, ThriftStruct value) => Set(id, TType.Struct, value);

    public ThriftStruct Set(short id, IEnumerable<ThriftStruct> values) => Set(id, TType.List, new ThriftList(TType.Struct, [.. values]));

    public ThriftStruct Set(short id, IEnumerable<string> values) =>
        Set(id, TType.List, new ThriftList(TType.String, [.. values.Select(Encoding.UTF8.GetBytes)]));

    public ThriftStruct Set(short id, IEnumerable<KeyValuePair<string, string>> values) =>
        Set(id, TType.Map, new ThriftMap(TType.String, TType.String,
        [.. values.Select(v => ((object)Encoding.UTF8.GetBytes(v.Key), (object)Encoding.UTF8.GetBytes(v.Value)))]));

    public ThriftStruct Set(short id, TType type, object value)
    {
        fields[id] = (type, value);
        return this;
    }

    public string? Text(short id) => Find(id) is byte[] bytes ? Encoding.UTF8.GetString(bytes) : null;

    public long? Number(short id) => Find(id) switch { int value => value, long value => value, _ => null };

    public ThriftStruct? Struct(short id) => Find(id) as ThriftStruct;

    public IEnumerable<ThriftStruct> Structs(short id) => Items(id).OfType<ThriftStruct>();

    public IEnumerable<string> Texts(short id) => Items(id).OfType<byte[]>().Select(Encoding.UTF8.GetString);

    /// <summary>A map of texts; empty if there is none.</summary>
    public Dictionary<string, string> Map(short id)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in (Find(id) as ThriftMap)?.Items ?? [])
            if (key is byte[] name && value is byte[] text) map[Encoding.UTF8.GetString(name)] = Encoding.UTF8.GetString(text);
        return map;
    }

    private ThriftStruct Without(short id)
    {
        fields.Remove(id);
        return this;
    }

    private object? Find(short id) => fields.TryGetValue(id, out var field) ? field.Value : null;

    private List<object> Items(short id) => (Find(id) as ThriftList)?.Items ?? [];
}
