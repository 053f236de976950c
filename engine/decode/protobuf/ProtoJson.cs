using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace K2I.Decode.Protobuf;

/// <summary>
/// Messages as JSON by protobuf's mapping, under the fields' own names; an <c>Any</c> is its type's name and its bytes. One thread; what it
/// returns lasts until it is asked again. A writer of JSON a message is its garbage.
/// </summary>
/// <remarks>Source: protobuf.dev, "ProtoJSON Format".</remarks>
internal sealed class ProtoJson(int maxDepth)
{
    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
        // The merger has a limit of its own.
        MaxDepth = int.MaxValue,
    };

    private readonly WireMerger merger = new(maxDepth);
    private readonly ArrayBufferWriter<byte> text = new();

    internal ReadOnlySpan<byte> Write(ProtoMessage message, ReadOnlySpan<byte> bytes, out DecodeStatus refusal)
    {
        text.ResetWrittenCount();
        var merged = merger.Merge(message, bytes, out refusal);
        if (refusal != DecodeStatus.Ok) return [];
        var reader = new WireReader(merged);
        using (var writer = new Utf8JsonWriter(text, WriterOptions)) refusal = Message(message, ref reader, writer);
        return text.WrittenSpan;
    }

    /// <summary>A message, merged, up to the reader's end.</summary>
    private static DecodeStatus Message(ProtoMessage message, ref WireReader reader, Utf8JsonWriter writer)
    {
        switch (message.WellKnown)
        {
            case WellKnown.Timestamp or WellKnown.Duration:
                return Time(message, ref reader, writer);
            case WellKnown.Wrapper or WellKnown.Value:
                return Only(message, ref reader, writer);
            case WellKnown.Struct or WellKnown.ListValue:
                return Content(message.Fields[0], ref reader, writer);
            case WellKnown.FieldMask:
                return Mask(ref reader, writer);
            default:
                return Object(message, ref reader, writer);
        }
    }

    private static DecodeStatus Object(ProtoMessage message, ref WireReader reader, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        while (reader.At < reader.End)
        {
            if (!reader.ReadTag(out var tag) || message.Find((int)(tag >> 3)) is not { } field) return DecodeStatus.Malformed;
            var at = reader.At;
            if (!field.IsRepeated && !field.HasPresence && IsZero(field, ref reader)) continue;
            reader.At = at;
            writer.WritePropertyName(field.JsonName);
            if (Field(field, ref reader, tag, writer) is not DecodeStatus.Ok and var refusal) return refusal;
        }
        writer.WriteEndObject();
        return DecodeStatus.Ok;
    }

    /// <summary>A field without presence that has its zero; the reader goes past it.</summary>
    private static bool IsZero(ProtoField field, ref WireReader reader) =>
        field.Kind is ProtoKind.String or ProtoKind.Bytes
            ? reader.ReadBytes(out var bytes) && bytes.IsEmpty
            : reader.ReadScalar(field.Kind, out var bits) && bits == 0;

    /// <summary>A field; of a repeated one all values, which come one after another. The reader is after the first tag.</summary>
    private static DecodeStatus Field(ProtoField field, ref WireReader reader, uint tag, Utf8JsonWriter writer)
    {
        if (!field.IsRepeated) return Value(field, ref reader, tag, writer);
        if (field.IsMap) writer.WriteStartObject();
        else writer.WriteStartArray();
        while (true)
        {
            if (Element(field, ref reader, tag, writer) is not DecodeStatus.Ok and var refusal) return refusal;
            var next = reader.At;
            if (next < reader.End && reader.ReadTag(out var following) && following >> 3 == tag >> 3)
            {
                tag = following;
                continue;
            }
            reader.At = next;
            break;
        }
        if (field.IsMap) writer.WriteEndObject();
        else writer.WriteEndArray();
        return DecodeStatus.Ok;
    }

    private static DecodeStatus Element(ProtoField field, ref WireReader reader, uint tag, Utf8JsonWriter writer)
    {
        if (field.IsMap) return Within(field.Message!, ref reader, tag, writer);
        if (!field.IsPackable || (tag & 7) != WireReader.Length) return Value(field, ref reader, tag, writer);
        var outer = reader.End;
        if (!reader.ReadEnd(out var end)) return DecodeStatus.Malformed;
        reader.End = end;
        while (reader.At < end)
            if (Value(field, ref reader, tag, writer) is not DecodeStatus.Ok and var refusal) return refusal;
        reader.End = outer;
        return DecodeStatus.Ok;
    }

    private static DecodeStatus Within(ProtoMessage message, ref WireReader reader, uint tag, Utf8JsonWriter writer)
    {
        if (!reader.ReadExtent(tag, out var start, out var end)) return DecodeStatus.Malformed;
        var (next, outer) = (reader.At, reader.End);
        (reader.At, reader.End) = (start, end);
        var status = message.IsMapEntry ? Entry(message, ref reader, writer) : Message(message, ref reader, writer);
        (reader.At, reader.End) = (next, outer);
        return status;
    }

    /// <summary>An entry's key and value, of which what is not there is zero.</summary>
    private static DecodeStatus Entry(ProtoMessage entry, ref WireReader reader, Utf8JsonWriter writer)
    {
        var (key, value) = (entry.Fields[0], entry.Fields[1]);
        var zeros = new WireReader([0, 0, 0, 0, 0, 0, 0, 0]);
        if (!(IsAt(key, ref reader) ? Key(key, ref reader, writer) : Key(key, ref zeros, writer))) return DecodeStatus.InvalidUtf8;
        zeros.At = 0;
        return IsAt(value, ref reader) ? Value(value, ref reader, value.Wire, writer) : Value(value, ref zeros, value.Wire, writer);
    }

    private static bool IsAt(ProtoField field, ref WireReader reader)
    {
        var at = reader.At;
        if (at < reader.End && reader.ReadTag(out var tag) && tag == (((uint)field.Number << 3) | field.Wire)) return true;
        reader.At = at;
        return false;
    }

    private static bool Key(ProtoField key, ref WireReader reader, Utf8JsonWriter writer)
    {
        if (key.Kind == ProtoKind.String)
        {
            if (!reader.ReadBytes(out var name) || !Utf8.IsValid(name)) return false;
            writer.WritePropertyName(name);
            return true;
        }
        if (!reader.ReadScalar(key.Kind, out var bits)) return false;
        Span<byte> digits = stackalloc byte[MessagePlan.MaxNumberBytes];
        writer.WritePropertyName(digits[..MessagePlan.Format(key.Kind, bits, digits)]);
        return true;
    }

    private static DecodeStatus Value(ProtoField field, ref WireReader reader, uint tag, Utf8JsonWriter writer)
    {
        if (field.Message is { } message) return Within(message, ref reader, tag, writer);
        if (field.Kind is ProtoKind.String or ProtoKind.Bytes)
        {
            if (!reader.ReadBytes(out var bytes)) return DecodeStatus.Malformed;
            if (field.Kind == ProtoKind.Bytes) writer.WriteBase64StringValue(bytes);
            else if (Utf8.IsValid(bytes)) writer.WriteStringValue(bytes);
            else return DecodeStatus.InvalidUtf8;
            return DecodeStatus.Ok;
        }
        if (!reader.ReadScalar(field.Kind, out var bits)) return DecodeStatus.Malformed;
        Scalar(field, bits, writer);
        return DecodeStatus.Ok;
    }

    /// <summary>Numbers of 64 bits are strings, as most readers of JSON have doubles only.</summary>
    private static void Scalar(ProtoField field, ulong bits, Utf8JsonWriter writer)
    {
        Span<byte> text = stackalloc byte[MessagePlan.MaxNumberBytes];
        switch (field.Kind)
        {
            case ProtoKind.Bool:
                writer.WriteBooleanValue(bits != 0);
                return;
            case ProtoKind.Enum when field.Enum!.FullName == "google.protobuf.NullValue":
                writer.WriteNullValue();
                return;
            case ProtoKind.Enum when field.Enum!.NameOf((int)bits) is { } name:
                writer.WriteStringValue(name);
                return;
            case ProtoKind.Int64 or ProtoKind.SInt64 or ProtoKind.SFixed64 or ProtoKind.UInt64 or ProtoKind.Fixed64:
            case ProtoKind.Double when !double.IsFinite(BitConverter.UInt64BitsToDouble(bits)):
            case ProtoKind.Float when !float.IsFinite(BitConverter.UInt32BitsToSingle((uint)bits)):
                writer.WriteStringValue(text[..MessagePlan.Format(field.Kind, bits, text)]);
                return;
            default:
                writer.WriteRawValue(text[..MessagePlan.Format(field.Kind, bits, text)], skipInputValidation: true);
                return;
        }
    }

    /// <summary>What is in a wrapper, or a Value, which has one of several; without it the zero, or null.</summary>
    private static DecodeStatus Only(ProtoMessage message, ref WireReader reader, Utf8JsonWriter writer)
    {
        if (reader.At < reader.End)
            return reader.ReadTag(out var tag) && message.Find((int)(tag >> 3)) is { } field
                ? Value(field, ref reader, tag, writer) : DecodeStatus.Malformed;
        if (message.WellKnown == WellKnown.Value)
        {
            writer.WriteNullValue();
            return DecodeStatus.Ok;
        }
        var zeros = new WireReader([0, 0, 0, 0, 0, 0, 0, 0]);
        return Value(message.Fields[0], ref zeros, 8 | message.Fields[0].Wire, writer);
    }

    /// <summary>The object or array that a message with nothing else stands for.</summary>
    private static DecodeStatus Content(ProtoField field, ref WireReader reader, Utf8JsonWriter writer)
    {
        if (reader.At < reader.End) return reader.ReadTag(out var tag) ? Field(field, ref reader, tag, writer) : DecodeStatus.Malformed;
        if (field.IsMap)
        {
            writer.WriteStartObject();
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStartArray();
            writer.WriteEndArray();
        }
        return DecodeStatus.Ok;
    }

    /// <summary>The paths of a mask, joined by commas, as they are spelled.</summary>
    private static DecodeStatus Mask(ref WireReader reader, Utf8JsonWriter writer)
    {
        var paths = new ArrayBufferWriter<byte>();
        while (reader.At < reader.End)
        {
            if (!reader.ReadTag(out _) || !reader.ReadBytes(out var path)) return DecodeStatus.Malformed;
            if (!Utf8.IsValid(path)) return DecodeStatus.InvalidUtf8;
            if (paths.WrittenCount > 0) paths.Write(","u8);
            paths.Write(path);
        }
        writer.WriteStringValue(paths.WrittenSpan);
        return DecodeStatus.Ok;
    }

    private static DecodeStatus Time(ProtoMessage message, ref WireReader reader, Utf8JsonWriter writer)
    {
        if (!MessagePlan.ReadTime(ref reader, out var seconds, out var nanos)) return DecodeStatus.Malformed;
        if (message.WellKnown == WellKnown.Duration)
        {
            if (!MessagePlan.IsDuration(seconds, nanos)) return DecodeStatus.InvalidValue;
            var sign = seconds < 0 || nanos < 0 ? "-" : "";
            writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{sign}{Math.Abs(seconds)}{Fraction(Math.Abs(nanos))}s"));
            return DecodeStatus.Ok;
        }
        if (!MessagePlan.IsTimestamp(seconds, nanos)) return DecodeStatus.InvalidValue;
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture,
            $"{DateTime.UnixEpoch.AddSeconds(seconds):yyyy-MM-ddTHH:mm:ss}{Fraction(nanos)}Z"));
        return DecodeStatus.Ok;
    }

    /// <summary>Three, six or nine digits, or none.</summary>
    private static string Fraction(int nanos) => nanos switch
    {
        0 => "",
        _ when nanos % 1_000_000 == 0 => string.Create(CultureInfo.InvariantCulture, $".{nanos / 1_000_000:D3}"),
        _ when nanos % 1_000 == 0 => string.Create(CultureInfo.InvariantCulture, $".{nanos / 1_000:D6}"),
        _ => string.Create(CultureInfo.InvariantCulture, $".{nanos:D9}"),
    };
}
