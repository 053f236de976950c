using System.Collections.Frozen;
using System.Collections.Immutable;

namespace K2I.Decode.Protobuf;

/// <summary>A message type. Immutable once its schema is read; messages may hold each other.</summary>
internal sealed class ProtoMessage
{
    private const int LowNumbers = 256;

    private FrozenDictionary<int, int> positions = FrozenDictionary<int, int>.Empty;
    private int[] lowPositions = [];

    internal ProtoMessage(string fullName, bool isMapEntry)
    {
        FullName = fullName;
        IsMapEntry = isMapEntry;
    }

    /// <summary>With its package, without a dot before it.</summary>
    internal string FullName { get; }

    /// <summary>What the compiler makes of <c>map&lt;K, V&gt;</c>: a key, number 1, and a value, number 2.</summary>
    internal bool IsMapEntry { get; }

    /// <summary>As declared; extensions are not among them.</summary>
    internal ImmutableArray<ProtoField> Fields { get; private set; } = [];

    /// <summary>Messages declared in it, in order, map entries too.</summary>
    internal ImmutableArray<ProtoMessage> Nested { get; set; } = [];

    internal WellKnown WellKnown { get; private set; }

    internal int Oneofs { get; private set; }

    /// <summary>The field's place among <see cref="Fields"/>; -1 where there is none of that number.</summary>
    internal int PositionOf(int number) =>
        (uint)number < (uint)lowPositions.Length ? lowPositions[number] : positions.GetValueOrDefault(number, -1);

    internal ProtoField? Find(int number) => PositionOf(number) is >= 0 and var at ? Fields[at] : null;

    internal void Use(ImmutableArray<ProtoField> fields, int oneofs)
    {
        var shape = fields.Select(f => $"{f.Number}{(f.IsMap ? " map" : f.IsRepeated ? " list" : "")} {f.Kind},");
        WellKnown = KindOf(FullName, string.Join(' ', shape));
        Fields = fields;
        Oneofs = oneofs;
        positions = fields.Select((f, i) => (f.Number, i)).ToFrozenDictionary(p => p.Number, p => p.i);
        lowPositions = new int[Math.Min(LowNumbers, positions.Keys.Append(-1).Max() + 1)];
        for (var number = 0; number < lowPositions.Length; number++) lowPositions[number] = positions.GetValueOrDefault(number, -1);
    }

    /// <summary>Messages are known by name, and have to have the fields that belong to it.</summary>
    private static WellKnown KindOf(string name, string fields) => (name, fields) switch
    {
        ("google.protobuf.Timestamp", "1 Int64, 2 Int32,") => WellKnown.Timestamp,
        ("google.protobuf.Duration", "1 Int64, 2 Int32,") => WellKnown.Duration,
        ("google.protobuf.Struct", "1 map Message,") => WellKnown.Struct,
        ("google.protobuf.Value", "1 Enum, 2 Double, 3 String, 4 Bool, 5 Message, 6 Message,") => WellKnown.Value,
        ("google.protobuf.ListValue", "1 list Message,") => WellKnown.ListValue,
        ("google.protobuf.FieldMask", "1 list String,") => WellKnown.FieldMask,
        ("google.protobuf.DoubleValue", "1 Double,")
            or ("google.protobuf.FloatValue", "1 Float,")
            or ("google.protobuf.Int64Value", "1 Int64,")
            or ("google.protobuf.UInt64Value", "1 UInt64,")
            or ("google.protobuf.Int32Value", "1 Int32,")
            or ("google.protobuf.UInt32Value", "1 UInt32,")
            or ("google.protobuf.BoolValue", "1 Bool,")
            or ("google.protobuf.StringValue", "1 String,")
            or ("google.protobuf.BytesValue", "1 Bytes,")
            => WellKnown.Wrapper,
        _ => WellKnown.None,
    };
}
