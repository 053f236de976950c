using System.Collections.Frozen;
using K2I.Columns;

namespace K2I.Decode.Protobuf;

/// <summary>
/// A field of a message and the column that it goes to: the plan that a decoder follows, compiled from a message and a table's columns.
/// </summary>
internal sealed class ProtoNode : DecodeNode
{
    /// <summary>Messages have few numbers below this one, and seldom others.</summary>
    private const int LowNumbers = 128;

    private readonly uint tag, packedTag;
    private readonly ProtoNode?[] low = [];
    private readonly FrozenDictionary<int, ProtoNode> byNumber = FrozenDictionary<int, ProtoNode>.Empty;

    /// <summary>Which member of a oneof the message being read had last.</summary>
    internal sealed class OneofMemory
    {
        internal long SeenIn;
        internal ProtoNode? Seen;
    }

    /// <summary>The root: the record's message.</summary>
    internal ProtoNode(ProtoMessage message, Schema table, ColumnMatch match, string? except) : base(null, null)
    {
        Proto = null!;
        Target = ProtoTarget.Struct;
        (Columns, low, byNumber) = Members(message, table.Struct, "", match, except);
        Indexes = [.. Columns.Select(c => IndexOf(table.Struct, c.Field!.Id))];
    }

    /// <summary>A field, with its column or without one.</summary>
    private ProtoNode(ProtoField proto, Field? column, DecodeNode? parent, string path, ColumnMatch match, bool isElement = false)
        : base(column, parent)
    {
        Proto = proto;
        Kind = proto.Kind;
        tag = ((uint)proto.Number << 3) | proto.Wire;
        packedTag = proto.IsRepeated && proto.IsPackable ? ((uint)proto.Number << 3) | WireReader.Length : tag;
        IsRepeated = proto.IsRepeated && !isElement;
        if (column is null) return;
        Default = DefaultValue.Of(column);
        Target = IsRepeated ? proto.IsMap ? ProtoTarget.Map : ProtoTarget.List : TargetOf(proto, column.Type.Kind);
        if (column.Type is PrimitiveType { Kind: TypeKind.Decimal } type)
        {
            Factor = Digits.LargePower(type.Scale);
            Limit = Digits.LargePower(type.Precision);
        }
        switch (Target)
        {
            case ProtoTarget.List:
                var element = ((ListType)column.Type).Element;
                Columns = [new ProtoNode(proto, element, this, WrittenColumns.Join(path, "element"), match, isElement: true)];
                break;
            case ProtoTarget.Map:
                var map = (MapType)column.Type;
                (Columns, low, byNumber) = Members(proto.Message!, new StructType([map.Key, map.Value]), path, match, null);
                break;
            case ProtoTarget.Struct:
                (Columns, low, byNumber) = Members(proto.Message!, (StructType)column.Type, path, match, null);
                break;
            case ProtoTarget.Wrapped:
                Columns = [new ProtoNode(proto.Message!.Fields[0], column, Parent, path, match)];
                break;
            default:
                break;
        }
    }

    /// <summary>A column that the message has no field for.</summary>
    private ProtoNode(Field column, DecodeNode parent) : base(column, parent)
    {
        Proto = null!;
        Default = DefaultValue.Of(column);
    }

    /// <summary>Null for the root, and for columns without a field.</summary>
    internal ProtoField Proto { get; }

    internal readonly ProtoKind Kind;
    internal readonly ProtoTarget Target;
    internal readonly bool IsRepeated;
    internal readonly DefaultValue? Default;

    internal bool IsUnsigned => Kind is ProtoKind.UInt64 or ProtoKind.Fixed64;

    /// <summary>A decimal's unscaled one, and the first unscaled value that is too large.</summary>
    internal readonly Int128 Factor = 1, Limit;

    /// <summary>A struct's or entry's members that have columns; a list's element; what is in a wrapper.</summary>
    internal readonly ProtoNode[] Columns = [];

    /// <summary>The root: where its columns are in the batch.</summary>
    internal readonly int[] Indexes = [];

    /// <summary>Of a member of a oneof.</summary>
    internal OneofMemory? Oneof { get; private init; }

    /// <summary>The builder of the batch being written; of what has no column null.</summary>
    internal ColumnBuilder? Column;

    /// <summary>A map's builder of entries.</summary>
    internal ColumnBuilder Entries = null!;

    /// <summary>The member of this number; null where the message has none.</summary>
    internal ProtoNode? Find(uint number) => number < (uint)low.Length ? low[number] : byNumber.GetValueOrDefault((int)number);

    /// <summary>What follows this tag, of the member's number, is a value of it, or many of them in one length.</summary>
    internal bool Takes(uint tag) => tag == this.tag || tag == packedTag;

    /// <summary>Points the node and all below it to the builders of another batch.</summary>
    internal void Bind(ColumnBuilder column)
    {
        Column = column;
        if (Target == ProtoTarget.Wrapped) Columns[0].Bind(column);
        else if (Target == ProtoTarget.List) Columns[0].Bind(column.Child(0));
        else if (Target == ProtoTarget.Map) Entries = column.Child(0);
        if (Target is not (ProtoTarget.Map or ProtoTarget.Struct)) return;
        var children = Target == ProtoTarget.Map ? Entries : column;
        for (var i = 0; i < Columns.Length; i++) Columns[i].Bind(children.Child(i));
    }

    /// <summary>One node a column, in their order, and all nodes by their fields' numbers, those without a column too.</summary>
    private (ProtoNode[] Columns, ProtoNode?[] Low, FrozenDictionary<int, ProtoNode> ByNumber) Members(
        ProtoMessage message, StructType table, string path, ColumnMatch match, string? except)
    {
        var all = new Dictionary<int, ProtoNode>();
        var byColumn = new Dictionary<int, ProtoNode>();
        var oneofs = Enumerable.Range(0, message.Oneofs).Select(_ => new OneofMemory()).ToArray();
        foreach (var field in message.Fields)
        {
            var at = WrittenColumns.Join(path, field.Name);
            var column = match.ColumnOf(at);
            var node = all[field.Number] = new(field, column, this, at, match) { Oneof = field.Oneof < 0 ? null : oneofs[field.Oneof] };
            if (column is not null) byColumn[column.Id] = node;
        }
        var columns = table.Fields.Where(c => c.Name != except).Select(c => byColumn.TryGetValue(c.Id, out var node) ? node : new(c, this));
        return ([.. columns], [.. Enumerable.Range(0, LowNumbers).Select(n => all.GetValueOrDefault(n))], all.ToFrozenDictionary());
    }

    private static int IndexOf(StructType table, int id)
    {
        for (var i = 0; i < table.Fields.Length; i++)
            if (table.Fields[i].Id == id) return i;
        return -1;
    }

    /// <summary>How a single value goes into a column that <see cref="ColumnFit"/> found to take it.</summary>
    private static ProtoTarget TargetOf(ProtoField proto, TypeKind column) => column switch
    {
        TypeKind.Boolean or TypeKind.Int or TypeKind.Float or TypeKind.Double or TypeKind.Decimal or TypeKind.Binary or TypeKind.Uuid
            when proto.Message?.WellKnown == WellKnown.Wrapper => ProtoTarget.Wrapped,
        TypeKind.Boolean => ProtoTarget.Boolean,
        TypeKind.Int => ProtoTarget.Int,
        TypeKind.Float => ProtoTarget.Float,
        TypeKind.Double => ProtoTarget.Double,
        TypeKind.Decimal => ProtoTarget.Decimal,
        TypeKind.Binary => ProtoTarget.Bytes,
        TypeKind.Uuid => ProtoTarget.Uuid,
        TypeKind.Struct => ProtoTarget.Struct,
        TypeKind.TimestampNs or TypeKind.TimestampTzNs => ProtoTarget.Nanos,
        TypeKind.Timestamp or TypeKind.TimestampTz => ProtoTarget.Micros,
        TypeKind.Long => proto.Message?.WellKnown switch
        {
            null => ProtoTarget.Long,
            WellKnown.Duration => ProtoTarget.Elapsed,
            WellKnown.Timestamp => ProtoTarget.Micros,
            _ => ProtoTarget.Wrapped,
        },
        _ => (proto.Kind, proto.Message?.WellKnown) switch
        {
            (ProtoKind.Enum, _) => ProtoTarget.Text,
            (_, null) => ProtoTarget.String,
            (_, WellKnown.Wrapper) => ProtoTarget.Wrapped,
            _ => ProtoTarget.Json,
        },
    };
}
