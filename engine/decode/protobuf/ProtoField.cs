using System.Text.Encodings.Web;
using System.Text.Json;

namespace K2I.Decode.Protobuf;

/// <summary>A field of a message, with what its file's syntax or edition makes of it already worked out.</summary>
internal sealed class ProtoField(string name)
{
    internal string Name { get; } = name;

    internal JsonEncodedText JsonName { get; } = JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    internal required int Number { get; init; }

    internal required ProtoKind Kind { get; init; }

    /// <summary>A list, or a map where its message is the entry of one.</summary>
    internal required bool IsRepeated { get; init; }

    /// <summary>A message without the field is told from one with the zero value.</summary>
    internal required bool HasPresence { get; init; }

    internal required bool IsRequired { get; init; }

    /// <summary>Which of the message's oneofs it belongs to; -1 for none.</summary>
    internal required int Oneof { get; init; }

    /// <summary>Of messages and groups.</summary>
    internal ProtoMessage? Message { get; init; }

    /// <summary>Of enums.</summary>
    internal ProtoEnum? Enum { get; init; }

    internal bool IsMap => Message is { IsMapEntry: true };

    /// <summary>A wire type that values of it come in: its own, or, repeated, many of them in one length.</summary>
    internal bool Takes(uint wire) => wire == Wire || (wire == WireReader.Length && IsRepeated && IsPackable);

    internal uint Wire => Kind switch
    {
        ProtoKind.Double or ProtoKind.Fixed64 or ProtoKind.SFixed64 => WireReader.Eight,
        ProtoKind.Float or ProtoKind.Fixed32 or ProtoKind.SFixed32 => WireReader.Four,
        ProtoKind.String or ProtoKind.Bytes or ProtoKind.Message => WireReader.Length,
        ProtoKind.Group => WireReader.GroupStart,
        _ => WireReader.Varint,
    };

    internal bool IsPackable => Kind is not (ProtoKind.String or ProtoKind.Bytes or ProtoKind.Message or ProtoKind.Group);
}
