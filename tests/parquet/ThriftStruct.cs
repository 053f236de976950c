using System.Text;

namespace K2I.Parquet.Tests;

/// <summary>A struct in Thrift's compact protocol, read without knowing its definition: fields by id. The tests' own view of what was written.</summary>
internal sealed class ThriftStruct
{
    private readonly Dictionary<int, object> fields = [];

    internal bool Has(int id) => fields.ContainsKey(id);

    internal long Int(int id) => (long)fields[id];

    internal bool Bool(int id) => (bool)fields[id];

    internal byte[] Bytes(int id) => (byte[])fields[id];

    internal string Text(int id) => Encoding.UTF8.GetString(Bytes(id));

    internal ThriftStruct Struct(int id) => (ThriftStruct)fields[id];

    internal List<object> List(int id) => (List<object>)fields[id];

    internal IEnumerable<ThriftStruct> Structs(int id) => List(id).Cast<ThriftStruct>();

    internal IEnumerable<int> Ids => fields.Keys;

    internal static ThriftStruct Read(ReadOnlySpan<byte> bytes, out int length)
    {
        var at = 0;
        var value = ReadStruct(bytes, ref at);
        length = at;
        return value;
    }

    private static ThriftStruct ReadStruct(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = new ThriftStruct();
        var id = 0;
        for (var header = bytes[at++]; header != 0; header = bytes[at++])
        {
            id = header >> 4 == 0 ? (int)ZigZag(bytes, ref at) : id + (header >> 4);
            value.fields.Add(id, (header & 15) switch
            {
                1 => true,
                2 => false,
                var type => ReadValue(type, bytes, ref at),
            });
        }
        return value;
    }

    private static object ReadValue(int type, ReadOnlySpan<byte> bytes, ref int at)
    {
        switch (type)
        {
            case 1:
            case 2:
                return bytes[at++] == 1;
            case 3:
                return (long)(sbyte)bytes[at++];
            case 4 or 5 or 6:
                return ZigZag(bytes, ref at);
            case 8:
                var length = (int)VarInt(bytes, ref at);
                at += length;
                return bytes.Slice(at - length, length).ToArray();
            case 9:
                var header = bytes[at++];
                var count = header >> 4 == 15 ? (int)VarInt(bytes, ref at) : header >> 4;
                var list = new List<object>(count);
                for (var i = 0; i < count; i++) list.Add(ReadValue(header & 15, bytes, ref at));
                return list;
            case 12:
                return ReadStruct(bytes, ref at);
            default:
                throw new InvalidDataException($"type {type}");
        }
    }

    private static long ZigZag(ReadOnlySpan<byte> bytes, ref int at)
    {
        var value = VarInt(bytes, ref at);
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    private static ulong VarInt(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
