using Thrift.Protocol.Entities;

namespace K2I.Catalogs.Hive;

/// <summary>A list, or a set, of values of one type.</summary>
internal sealed record ThriftList(TType Type, List<object> Items);
