using Thrift.Protocol;
using Thrift.Protocol.Entities;

namespace K2I.Catalogs.Hive;

/// <summary>Structs in Thrift's wire form. The protocol bounds their size and depth.</summary>
internal static class ThriftCodec
{
    private static readonly TStruct AnyStruct = new("");

    public static async Task Write(TProtocol to, ThriftStruct value, CancellationToken stop)
    {
        await to.WriteStructBeginAsync(AnyStruct, stop);
        foreach (var (id, type, field) in value.Fields)
        {
            await to.WriteFieldBeginAsync(new TField("", type, id), stop);
            await WriteValue(to, type, field, stop);
            await to.WriteFieldEndAsync(stop);
        }
        await to.WriteFieldStopAsync(stop);
        await to.WriteStructEndAsync(stop);
    }

    public static async Task<ThriftStruct> Read(TProtocol from, CancellationToken stop)
    {
        from.IncrementRecursionDepth();
        try
        {
            var value = new ThriftStruct();
            await from.ReadStructBeginAsync(stop);
            while (await from.ReadFieldBeginAsync(stop) is { Type: not TType.Stop } field)
            {
                value.Set(field.ID, field.Type, await ReadValue(from, field.Type, stop));
                await from.ReadFieldEndAsync(stop);
            }
            await from.ReadStructEndAsync(stop);
            return value;
        }
        finally
        {
            from.DecrementRecursionDepth();
        }
    }

    private static async Task WriteValue(TProtocol to, TType type, object value, CancellationToken stop)
    {
        switch (type)
        {
            case TType.Struct: await Write(to, (ThriftStruct)value, stop); break;
            case TType.Bool: await to.WriteBoolAsync((bool)value, stop); break;
            case TType.Byte: await to.WriteByteAsync((sbyte)value, stop); break;
            case TType.I16: await to.WriteI16Async((short)value, stop); break;
            case TType.I32: await to.WriteI32Async((int)value, stop); break;
            case TType.I64: await to.WriteI64Async((long)value, stop); break;
            case TType.Double: await to.WriteDoubleAsync((double)value, stop); break;
            case TType.Uuid: await to.WriteUuidAsync((Guid)value, stop); break;
            case TType.String: await to.WriteBinaryAsync((byte[])value, stop); break;
            case TType.List:
                var list = (ThriftList)value;
                await to.WriteListBeginAsync(new TList(list.Type, list.Items.Count), stop);
                foreach (var item in list.Items) await WriteValue(to, list.Type, item, stop);
                await to.WriteListEndAsync(stop);
                break;
            case TType.Set:
                var set = (ThriftList)value;
                await to.WriteSetBeginAsync(new TSet(set.Type, set.Items.Count), stop);
                foreach (var item in set.Items) await WriteValue(to, set.Type, item, stop);
                await to.WriteSetEndAsync(stop);
                break;
            case TType.Map:
                var map = (ThriftMap)value;
                await to.WriteMapBeginAsync(new TMap(map.KeyType, map.ValueType, map.Items.Count), stop);
                foreach (var (key, item) in map.Items)
                {
                    await WriteValue(to, map.KeyType, key, stop);
                    await WriteValue(to, map.ValueType, item, stop);
                }
                await to.WriteMapEndAsync(stop);
                break;
            default: throw Unknown(type);
        }
    }

    private static async Task<object> ReadValue(TProtocol from, TType type, CancellationToken stop)
    {
        switch (type)
        {
            case TType.Struct: return await Read(from, stop);
            case TType.Bool: return await from.ReadBoolAsync(stop);
            case TType.Byte: return await from.ReadByteAsync(stop);
            case TType.I16: return await from.ReadI16Async(stop);
            case TType.I32: return await from.ReadI32Async(stop);
            case TType.I64: return await from.ReadI64Async(stop);
            case TType.Double: return await from.ReadDoubleAsync(stop);
            case TType.Uuid: return await from.ReadUuidAsync(stop);
            case TType.String: return await from.ReadBinaryAsync(stop);
            case TType.List or TType.Set or TType.Map:
                from.IncrementRecursionDepth();
                try
                {
                    return type == TType.Map ? await ReadMap(from, stop) : await ReadList(from, type, stop);
                }
                finally
                {
                    from.DecrementRecursionDepth();
                }
            default: throw Unknown(type);
        }
    }

    private static async Task<ThriftList> ReadList(TProtocol from, TType type, CancellationToken stop)
    {
        var (of, count) = type == TType.Set
            ? await from.ReadSetBeginAsync(stop) is var set ? (set.ElementType, set.Count) : default
            : await from.ReadListBeginAsync(stop) is var list ? (list.ElementType, list.Count) : default;
        var items = new List<object>();
        for (var i = 0; i < count; i++) items.Add(await ReadValue(from, of, stop));
        await (type == TType.Set ? from.ReadSetEndAsync(stop) : from.ReadListEndAsync(stop));
        return new ThriftList(of, items);
    }

    private static async Task<ThriftMap> ReadMap(TProtocol from, CancellationToken stop)
    {
        var map = await from.ReadMapBeginAsync(stop);
        var items = new List<(object, object)>();
        for (var i = 0; i < map.Count; i++)
            items.Add((await ReadValue(from, map.KeyType, stop), await ReadValue(from, map.ValueType, stop)));
        await from.ReadMapEndAsync(stop);
        return new ThriftMap(map.KeyType, map.ValueType, items);
    }

    private static TProtocolException Unknown(TType type) => new(TProtocolException.INVALID_DATA, $"there is no type {(int)type}");
}
