using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace K2I.Decode;

/// <summary>A record's value (or key) taken apart: which schema it was written with, and the payload. A borrow of the record.</summary>
public readonly ref struct FramedValue
{
    private const int GuidBytes = 16;

    /// <summary>A payload whose schema is known, with nothing said of it elsewhere.</summary>
    internal FramedValue(SchemaId schema, ReadOnlySpan<byte> payload)
    {
        Schema = schema;
        Payload = payload;
    }

    private FramedValue(SchemaId schema, ReadOnlySpan<byte> payload, ReadOnlySpan<byte> inHeader, string? flaw = null)
        : this(schema, payload)
    {
        InHeader = inHeader;
        Flaw = flaw;
    }

    public SchemaId Schema { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>
    /// What is said of the payload elsewhere: in a header after the id, the indexes of a Protobuf message; an embedded schema. Else empty.
    /// </summary>
    public ReadOnlySpan<byte> InHeader { get; }

    /// <summary>Why the bytes are no such frame; null where they are.</summary>
    public string? Flaw { get; }

    /// <summary>The id is in a header, so that all of the value is payload.</summary>
    public bool IsInHeader { get; private init; }

    /// <summary>The same frame around another payload: what a format has before its own is taken off.</summary>
    internal FramedValue With(ReadOnlySpan<byte> payload) => new(Schema, payload, InHeader, Flaw) { IsInHeader = IsInHeader };

    /// <summary>Takes apart what <paramref name="record"/> has as its value. Good frames cost no allocation.</summary>
    /// <param name="form">Where the id is.</param>
    /// <param name="record">Its <see cref="RecordInput.Value"/> is read; for a key the caller puts it there.</param>
    /// <param name="isKey">Which of Confluent's headers counts.</param>
    public static FramedValue Read(WireForm form, in RecordInput record, bool isKey = false) => form switch
    {
        WireForm.Bare => new(SchemaId.None, record.Value),
        WireForm.Confluent => Confluent(in record, isKey),
        WireForm.Apicurio8 => Numbered(record.Value, 8),
        WireForm.Glue => Glue(record.Value),
        WireForm.Azure => Azure(in record),
        WireForm.Embedded => Embedded(record.Value),
        _ => SingleObject(record.Value),
    };

    private static FramedValue Confluent(in RecordInput record, bool isKey)
    {
        var value = record.Value;
        if (record.Headers is { } headers && Last(headers, isKey ? "__key_schema_id"u8 : "__value_schema_id"u8, out var header))
        {
            return header.Length > GuidBytes && header[0] == 1
                ? new(Guid(header[1..]), value, header[(1 + GuidBytes)..]) { IsInHeader = true }
                : Wrong("the schema id's header does not hold a 1 and a UUID");
        }
        if (value.Length > GuidBytes && value[0] == 1) return new(Guid(value[1..]), value[(1 + GuidBytes)..]);
        return Numbered(value, 4);
    }

    private static FramedValue Numbered(ReadOnlySpan<byte> value, int bytes)
    {
        if (value.Length <= bytes || value[0] != 0) return Wrong(HintOf(value));
        var id = bytes == 4 ? BinaryPrimitives.ReadInt32BigEndian(value[1..]) : BinaryPrimitives.ReadInt64BigEndian(value[1..]);
        return id < 0 ? Wrong("the schema id is negative") : new(SchemaId.Of(id), value[(1 + bytes)..]);
    }

    private static FramedValue Glue(ReadOnlySpan<byte> value)
    {
        if (value.Length < 2 + GuidBytes || value[0] != 3) return Wrong("AWS Glue's frame begins with a 3");
        return value[1] switch
        {
            0 => new(Guid(value[2..]), value[(2 + GuidBytes)..]),
            5 => Wrong("the payload is compressed with zlib, which is not read: have the producer write it uncompressed"),
            _ => Wrong("an unknown compression in AWS Glue's frame"),
        };
    }

    private static FramedValue Azure(in RecordInput record)
    {
        if (record.Headers is not { } headers
            || !Last(headers, "content-type"u8, out var type)) return Wrong("there is no header content-type");
        var at = type.LastIndexOf((byte)'+') + 1;
        return at > 0 && UInt128.TryParse(type[at..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            ? new(new(SchemaIdKind.Guid, id), record.Value) { IsInHeader = true }
            : Wrong("the header content-type does not end in + and a schema id");
    }

    private static FramedValue Embedded(ReadOnlySpan<byte> value) =>
        ConnectEnvelope.TrySplit(value, out var schema, out var payload)
            ? new(new(SchemaIdKind.Hash, XxHash128.HashToUInt128(schema)), payload, schema)
            : Wrong("a schema and a payload, both objects, are expected: {\"schema\":…,\"payload\":…}");

    private static FramedValue SingleObject(ReadOnlySpan<byte> value)
    {
        if (value.Length < 10 || value[0] != 0xC3 || value[1] != 1) return Wrong("Avro's single-object encoding begins with C3 01");
        return new(new(SchemaIdKind.Fingerprint, BinaryPrimitives.ReadUInt64LittleEndian(value[2..])), value[10..]);
    }

    private static SchemaId Guid(ReadOnlySpan<byte> bytes) => new(SchemaIdKind.Guid, BinaryPrimitives.ReadUInt128BigEndian(bytes));

    private static bool Last(IRecordHeaders headers, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> last)
    {
        last = default;
        var found = false;
        for (var i = 0; headers.TryRead(i, out var key, out var value, out var isNull); i++)
        {
            if (isNull || !key.SequenceEqual(name)) continue;
            last = value;
            found = true;
        }
        return found;
    }

    private static FramedValue Wrong(string flaw) => new(default, default, default, flaw);

    /// <summary>What else the bytes may be.</summary>
    private static string HintOf(ReadOnlySpan<byte> value) => value switch
    {
        [(byte)'O', (byte)'b', (byte)'j', 1, ..] =>
            "it is an Avro object container file, a form for files: have the producer write single records",
        [0xC3, 1, ..] => "it looks like Avro's single-object encoding: wire = single_object",
        [3, 0 or 5, ..] => "it looks like AWS Glue's frame: wire = glue",
        [(byte)'{', ..] => "it looks like JSON: format = json",
        _ => "a 0 and a schema id are expected before the payload",
    };
}
