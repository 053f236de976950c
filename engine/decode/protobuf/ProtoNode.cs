using System.Collections.Frozen;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode.Protobuf;

/// <summary>
/// A field of a message and the column that it goes to: the plan that a decoder follows, compiled from a message and a table's columns. Columns are found by name.
/// </summary>
internal sealed class ProtoNode : DecodeNode
{
    /// <summary>Messages have few numbers below this one, and seldom others.</summary>
    private const int LowNumbers = 128;

    private readonly ProtoNode?[] low = [];
    private readonly FrozenDictionary<int, ProtoNode> byNumber = FrozenDictionary<int, ProtoNode>.Empty;

    /// <summary>Which member of a oneof the message being read had last.</summary>
    internal sealed class OneofMemory
    {
        internal long SeenIn;
        internal ProtoNode? Seen;
    }

    private ProtoNode(ProtoField? proto, Field? field, DecodeNode? parent) : base(field, parent) => Proto = proto!;

    /// <summary>The root: the record's message.</summary>
    /// <param name="message">What the record is.</param>
    /// <param name="schema">The table's.</param>
    /// <param name="except">A column that another writes.</param>
    internal ProtoNode(ProtoMessage message, Schema schema, string? except) : this(null, null, null)
    {
        Target = ProtoTarget.Struct;
        (Columns, low, byNumber) = Members(message, schema.Struct, except);
        Indexes = [.. Columns.Select(c => schema.Fields.IndexOf(c.Field!))];
    }

    private ProtoNode(ProtoField proto, Field? field, DecodeNode? parent, bool isElement) : this(proto, field, parent)
    {
        Kind = proto.Kind;
        IsRepeated = proto.IsRepeated && !isElement;
        Required = field?.Required ?? false;
        Default = field is null ? null : DefaultValue.Of(field);
        if (field is null) return;
        Target = IsRepeated ? RepeatedTarget(proto, field.Type) : ValueTarget(proto, field.Type);
        if (Target == ProtoTarget.None) throw new EngineException(ErrorKind.Invalid, $"column {Path()} is {field.Type}, which a field of {Describe(proto)} does not become");
        if (field.Type is PrimitiveType { Kind: TypeKind.Decimal } type)
        {
            Factor = Power(type.Scale);
            Limit = Power(type.Precision);
        }
        switch (Target)
        {
            case ProtoTarget.List:
                Columns = [new ProtoNode(proto, ((ListType)field.Type).Element, this, isElement: true)];
                break;
            case ProtoTarget.Map:
                var map = (MapType)field.Type;
                (Columns, low, byNumber) = Members(proto.Message!, new StructType([map.Key, map.Value]), null);
                break;
            case ProtoTarget.Struct:
                (Columns, low, byNumber) = Members(proto.Message!, (StructType)field.Type, null);
                break;
            case ProtoTarget.Wrapped:
                Columns = [new ProtoNode(proto.Message!.Fields[0], field, Parent, isElement: true)];
                break;
            default:
                break;
        }
    }

    /// <summary>A column that the message has no field for.</summary>
    private ProtoNode(Field field, DecodeNode parent) : this(null, field, parent)
    {
        Required = field.Required;
        Default = DefaultValue.Of(field);
    }

    /// <summary>Null for the root, and for columns without a field.</summary>
    internal ProtoField Proto { get; }

    internal readonly ProtoKind Kind;
    internal readonly ProtoTarget Target;
    internal readonly bool IsRepeated;
    internal readonly bool Required;
    internal readonly DefaultValue? Default;

    internal bool IsUnsigned => Kind is ProtoKind.UInt64 or ProtoKind.Fixed64;

    /// <summary>A decimal's unscaled one, and the first unscaled value that is too large.</summary>
    internal readonly Int128 Factor = 1, Limit;

    /// <summary>A struct's or entry's members that have columns; a list's element; what is in a wrapper.</summary>
    internal readonly ProtoNode[] Columns = [];

    /// <summary>The root: where its columns are in the batch.</summary>
    internal readonly int[] Indexes = [];

    /// <summary>Of a member of a oneof.</summary>
    internal OneofMemory? Oneof { get; private set; }

    /// <summary>The builder of the batch being written; of what has no column null.</summary>
    internal ColumnBuilder? Column;

    /// <summary>A map's builder of entries.</summary>
    internal ColumnBuilder Entries = null!;

    /// <summary>The member of this number; null where the message has none.</summary>
    internal ProtoNode? Find(uint number) => number < (uint)low.Length ? low[number] : byNumber.GetValueOrDefault((int)number);

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
    private (ProtoNode[] Columns, ProtoNode?[] Low, FrozenDictionary<int, ProtoNode> ByNumber) Members(ProtoMessage message, StructType type, string? except)
    {
        var fields = message.Fields.ToDictionary(f => f.Name, StringComparer.Ordinal);
        ProtoNode[] columns = [.. type.Fields.Where(f => f.Name != except).Select(f =>
            fields.TryGetValue(f.Name, out var proto) ? new ProtoNode(proto, f, this, isElement: false) : new ProtoNode(f, this))];
        var mapped = columns.Where(c => c.Proto is not null).ToDictionary(c => c.Proto);
        var oneofs = Enumerable.Range(0, message.Oneofs).Select(_ => new OneofMemory()).ToArray();
        var all = message.Fields.Select(f => mapped.GetValueOrDefault(f) ?? new ProtoNode(f, null, this, isElement: false)).ToFrozenDictionary(n => n.Proto.Number);
        foreach (var node in all.Values)
            if (node.Proto.Oneof >= 0) node.Oneof = oneofs[node.Proto.Oneof];
        return (columns, [.. Enumerable.Range(0, LowNumbers).Select(n => all.GetValueOrDefault(n))], all);
    }

    private static ProtoTarget RepeatedTarget(ProtoField proto, DataType type) => type switch
    {
        ListType when !proto.IsMap => ProtoTarget.List,
        MapType when proto.IsMap => ProtoTarget.Map,
        _ => ProtoTarget.None,
    };

    private static ProtoTarget ValueTarget(ProtoField proto, DataType type)
    {
        switch (proto.Kind)
        {
            case ProtoKind.Message or ProtoKind.Group:
                return MessageTarget(proto.Message!, type);
            case ProtoKind.String:
                return type.Kind == TypeKind.String ? ProtoTarget.String : ProtoTarget.None;
            case ProtoKind.Bytes:
                return type.Kind switch
                {
                    TypeKind.Binary => ProtoTarget.Bytes,
                    TypeKind.String => ProtoTarget.String,
                    TypeKind.Fixed or TypeKind.Uuid => ProtoTarget.Fixed,
                    _ => ProtoTarget.None,
                };
            case ProtoKind.Bool:
                return type.Kind switch { TypeKind.Boolean => ProtoTarget.Boolean, TypeKind.String => ProtoTarget.Text, _ => ProtoTarget.None };
            case ProtoKind.Double or ProtoKind.Float:
                return type.Kind switch
                {
                    TypeKind.Double => ProtoTarget.Double,
                    TypeKind.Float when proto.Kind == ProtoKind.Float => ProtoTarget.Float,
                    TypeKind.String => ProtoTarget.Text,
                    _ => ProtoTarget.None,
                };
            default:
                return type.Kind switch
                {
                    TypeKind.Int => ProtoTarget.Int,
                    TypeKind.Long => ProtoTarget.Long,
                    TypeKind.Decimal => ProtoTarget.Decimal,
                    TypeKind.String => ProtoTarget.Text,
                    _ => ProtoTarget.None,
                };
        }
    }

    private static ProtoTarget MessageTarget(ProtoMessage message, DataType type)
    {
        if (message.WellKnown == WellKnown.Wrapper && ValueTarget(message.Fields[0], type) != ProtoTarget.None) return ProtoTarget.Wrapped;
        return type.Kind switch
        {
            TypeKind.String => ProtoTarget.Json,
            TypeKind.Struct when message.WellKnown is WellKnown.None or WellKnown.FieldMask or WellKnown.Timestamp or WellKnown.Duration => ProtoTarget.Struct,
            TypeKind.Timestamp or TypeKind.TimestampTz when message.WellKnown == WellKnown.Timestamp => ProtoTarget.Micros,
            TypeKind.TimestampNs or TypeKind.TimestampTzNs when message.WellKnown == WellKnown.Timestamp => ProtoTarget.Nanos,
            TypeKind.Long when message.WellKnown == WellKnown.Duration => ProtoTarget.Elapsed,
            _ => ProtoTarget.None,
        };
    }

    private static string Describe(ProtoField field) =>
        (field.IsMap ? "map " : field.IsRepeated ? "repeated " : "") + (field.Message?.FullName ?? field.Enum?.FullName ?? field.Kind.ToString().ToLowerInvariant());

    private static Int128 Power(int exponent)
    {
        Int128 power = 1;
        for (var i = 0; i < exponent; i++) power *= 10;
        return power;
    }
}
