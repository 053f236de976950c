using System.Buffers.Text;
using System.Globalization;
using System.Text.Unicode;

namespace K2I.Decode.Protobuf;

/// <summary>Single values.</summary>
internal sealed unsafe partial class MessagePlan
{
    /// <summary>Of the longest number as text: a double's.</summary>
    internal const int MaxNumberBytes = 32;

    private const int UuidCharacters = 36;
    private const int NanosPerSecond = 1_000_000_000;

    private const long MaxSeconds = 315_576_000_000;

    /// <summary>A value, an element, or what is at the key or value of an entry; the reader is after its tag.</summary>
    private bool Value(ProtoNode node, ref WireReader reader, uint wire)
    {
        var at = reader.At;
        if (node.Kind is ProtoKind.String or ProtoKind.Bytes) return Bytes(node, ref reader, at);
        if (node.Kind is ProtoKind.Message or ProtoKind.Group) return Inner(node, ref reader, wire, at);
        if (!reader.ReadScalar(node.Kind, out var bits)) return Malformed(node, at);
        var column = node.Column!;
        switch (node.Target)
        {
            case ProtoTarget.Long when !node.IsUnsigned || (long)bits >= 0:
                column.AppendLong((long)bits);
                return true;
            case ProtoTarget.Int when (long)bits == (int)bits && (!node.IsUnsigned || (long)bits >= 0):
                column.AppendInt((int)bits);
                return true;
            case ProtoTarget.Decimal:
                return Decimal(node, node.IsUnsigned ? bits : (long)bits, at);
            case ProtoTarget.Double:
                column.AppendDouble(Real(node, bits));
                return true;
            case ProtoTarget.Float:
                column.AppendFloat(node.Kind == ProtoKind.Float ? BitConverter.UInt32BitsToSingle((uint)bits) : (long)bits);
                return true;
            case ProtoTarget.Boolean:
                column.AppendBool(bits != 0);
                return true;
            case ProtoTarget.Text:
                Text(node, bits);
                return true;
            default:
                return Refuse(DecodeStatus.Overflow, node, at);
        }
    }

    private static double Real(ProtoNode node, ulong bits) => node.Kind switch
    {
        ProtoKind.Double => BitConverter.UInt64BitsToDouble(bits),
        ProtoKind.Float => BitConverter.UInt32BitsToSingle((uint)bits),
        _ => (long)bits,
    };

    private static void Text(ProtoNode node, ulong bits)
    {
        var column = node.Column!;
        if (node.Kind == ProtoKind.Enum && node.Proto.Enum!.NameOf((int)bits) is { } name)
        {
            column.AppendBytes(name);
            return;
        }
        var text = column.BeginBytes(MaxNumberBytes);
        if (text.IsEmpty) return;
        column.EndBytes(Format(node.Kind, bits, text));
    }

    /// <summary>A number or truth as text; returns its length, of <see cref="MaxNumberBytes"/> at most.</summary>
    internal static int Format(ProtoKind kind, ulong bits, Span<byte> text)
    {
        int written;
        _ = kind switch
        {
            ProtoKind.Bool => Utf8Formatter.TryFormat(bits != 0, text, out written, 'l'),
            ProtoKind.Float =>
                BitConverter.UInt32BitsToSingle((uint)bits).TryFormat(text, out written, provider: CultureInfo.InvariantCulture),
            ProtoKind.Double => BitConverter.UInt64BitsToDouble(bits).TryFormat(text, out written, provider: CultureInfo.InvariantCulture),
            ProtoKind.UInt64 or ProtoKind.Fixed64 => Utf8Formatter.TryFormat(bits, text, out written),
            _ => Utf8Formatter.TryFormat((long)bits, text, out written),
        };
        return written;
    }

    private bool Decimal(ProtoNode node, Int128 value, int at)
    {
        // Numbers have at most 20 digits.
        if (Int128.Abs(value) >= node.Limit / node.Factor) return Refuse(DecodeStatus.Overflow, node, at);
        node.Column!.AppendDecimal(value * node.Factor);
        return true;
    }

    private bool Bytes(ProtoNode node, ref WireReader reader, int at)
    {
        if (!reader.ReadBytes(out var bytes)) return Malformed(node, at);
        switch (node.Target)
        {
            case ProtoTarget.String when !Utf8.IsValid(bytes):
                return Refuse(DecodeStatus.InvalidUtf8, node, reader.At - bytes.Length + Utf8Text.FirstInvalid(bytes));
            case ProtoTarget.Uuid:
                fixed (byte* text = bytes)
                {
                    if (bytes.Length != UuidCharacters
                        || !UuidKernel.Read(text, out var uuid)) return Refuse(DecodeStatus.InvalidValue, node, at);
                    node.Column!.AppendUuid(uuid);
                    return true;
                }
            default:
                node.Column!.AppendBytes(bytes);
                return true;
        }
    }

    /// <summary>What is in a message, which the column may have in a form of its own.</summary>
    private bool Inner(ProtoNode node, ref WireReader reader, uint wire, int at)
    {
        // A group that is a struct is read to its end tag; otherwise that is looked for first.
        if (wire == WireReader.GroupStart && node.Target == ProtoTarget.Struct)
            return Struct(node, ref reader, ((uint)node.Proto.Number << 3) | WireReader.GroupEnd);
        if (!reader.ReadExtent(((uint)node.Proto.Number << 3) | wire, out var start, out var end)) return Malformed(node, at);
        var (next, outer) = (reader.At, reader.End);
        (reader.At, reader.End) = (start, end);
        var isRead = node.Target switch
        {
            ProtoTarget.Struct => Struct(node, ref reader, 0),
            ProtoTarget.Wrapped => Wrapped(node, ref reader),
            ProtoTarget.Json => Json(node, ref reader, at),
            _ => Time(node, ref reader, at),
        };
        (reader.At, reader.End) = (next, outer);
        return isRead;
    }

    private bool Struct(ProtoNode node, ref WireReader reader, uint endTag)
    {
        if (!Message(node, ref reader, node.Column!.Count, endTag)) return false;
        node.Column.EndStruct();
        return true;
    }

    /// <summary>The last value in the message counts, as it is single.</summary>
    private bool Wrapped(ProtoNode node, ref WireReader reader)
    {
        var inner = node.Columns[0];
        var last = -1;
        while (reader.At < reader.End)
        {
            var at = reader.At;
            if (!reader.ReadTag(out var tag)) return Malformed(node, at);
            if (tag == (8 | inner.Proto.Wire)) last = reader.At;
            if (!reader.Skip(tag)) return Malformed(node, at);
        }
        if (last < 0) return Zero(inner);
        reader.At = last;
        return Value(inner, ref reader, inner.Proto.Wire);
    }

    private bool Json(ProtoNode node, ref WireReader reader, int at)
    {
        var text = json.Write(node.Proto.Message!, reader.Between(reader.At, reader.End), out var refusal);
        if (refusal != DecodeStatus.Ok) return Refuse(refusal, node, at);
        node.Column!.AppendBytes(text);
        return true;
    }

    private bool Time(ProtoNode node, ref WireReader reader, int at)
    {
        if (!ReadTime(ref reader, out var seconds, out var nanos)) return Malformed(node, at);
        var isElapsed = node.Target == ProtoTarget.Elapsed;
        if (!(isElapsed ? IsDuration(seconds, nanos) : IsTimestamp(seconds, nanos))) return Refuse(DecodeStatus.InvalidValue, node, at);
        if (node.Target != ProtoTarget.Nanos) node.Column!.AppendLong((seconds * 1_000_000) + (nanos / 1_000));
        else if (Math.Abs(seconds) <= 9_223_372_035) node.Column!.AppendLong((seconds * NanosPerSecond) + nanos);
        else return Refuse(DecodeStatus.Overflow, node, at);
        return true;
    }

    /// <summary>Seconds and nanoseconds that a Duration may have: of the same sign, and about 10,000 years at most.</summary>
    internal static bool IsDuration(long seconds, int nanos) =>
        seconds is >= -MaxSeconds and <= MaxSeconds && nanos is > -NanosPerSecond and < NanosPerSecond
            && (seconds == 0 || nanos == 0 || seconds < 0 == nanos < 0);

    /// <summary>Those of a Timestamp: years 0001 to 9999.</summary>
    internal static bool IsTimestamp(long seconds, int nanos) =>
        nanos is >= 0 and < NanosPerSecond && seconds is > -MaxSeconds and < MaxSeconds && TimeRange.Has(seconds * 1_000_000);

    /// <summary>What a Timestamp or Duration holds.</summary>
    internal static bool ReadTime(ref WireReader reader, out long seconds, out int nanos)
    {
        seconds = nanos = 0;
        while (reader.At < reader.End)
        {
            ulong bits;
            if (!reader.ReadTag(out var tag)) return false;
            switch (tag)
            {
                case 1 << 3 | WireReader.Varint:
                    if (!reader.ReadVarint(out bits)) return false;
                    seconds = (long)bits;
                    break;
                case 2 << 3 | WireReader.Varint:
                    if (!reader.ReadVarint(out bits)) return false;
                    nanos = (int)bits;
                    break;
                default:
                    if (!reader.Skip(tag)) return false;
                    break;
            }
        }
        return true;
    }
}
