using Thrift.Protocol.Entities;

namespace K2I.Catalogs.Hive;

internal sealed record ThriftMap(TType KeyType, TType ValueType, List<(object Key, object Value)> Items);
