using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.Intrinsics;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>What is told of a record that was refused, beside its status. Read off the copy of the record, when asked for.</summary>
public sealed unsafe partial class JsonDecoder
{
    /// <summary>Instants from 1980 on and before 2100 are what a number was probably meant for.</summary>
    private const long FirstLikelySecond = 315_532_800, EndLikelySecond = 4_102_444_800;

    private const string CaseCounts = "and case counts unless case_sensitive = false";

    private static readonly (EpochUnit Unit, string Key)[] Units =
        [(EpochUnit.Seconds, "s"), (EpochUnit.Milliseconds, "ms"), (EpochUnit.Microseconds, "us"), (EpochUnit.Nanoseconds, "ns")];

    public DecodeError Error
    {
        get
        {
            var position = errorAt == null ? 0 : (int)(errorAt - start);
            var unknown = status == DecodeStatus.UnknownField ? ShownName.Of(new ReadOnlySpan<byte>(unknownAt, unknownBytes)) : null;
            return new(status, position, errorNode, unknown, Hint());
        }
    }

    private static string VariantOf(JsonNode member) => ShownName.Of(new ReadOnlySpan<byte>(member.VariantAt, member.VariantBytes));

    private string? Hint() => (status, errorNode?.Kind) switch
    {
        (DecodeStatus.InvalidJson or DecodeStatus.InvalidUtf8, _) => FormHint(new(start, (int)(end - start))),
        (DecodeStatus.UnknownField, _) when unknownVariant is not null => $"the column is {ShownName.Of(unknownVariant.Field!.Name)}, {CaseCounts}",
        (DecodeStatus.MissingRequired, _) when errorNode!.VariantIn == records => $"the record has {VariantOf(errorNode)}, {CaseCounts}",
        (DecodeStatus.Inexact, TypeKind.Int or TypeKind.Long) => "fractions need a double or a decimal, which a new table can have",
        (DecodeStatus.Overflow, TypeKind.Int or TypeKind.Long) => "larger numbers need a decimal(38,0), which a new table can have",
        (DecodeStatus.InvalidValue, >= TypeKind.Timestamp and <= TypeKind.TimestampTzNs) => ZoneHint(),
        (DecodeStatus.Overflow, >= TypeKind.Timestamp and <= TypeKind.TimestampTzNs or TypeKind.Date) => UnitHint(errorNode!),
        _ => null,
    };

    private static string? FormHint(ReadOnlySpan<byte> record)
    {
        if (record.Length < 4) return null;
        if (record is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [(byte)'{', 0, not 0, 0, ..] or [0, (byte)'{', 0, not 0, ..])
            return "it looks like UTF-16, and JSON is UTF-8";
        if (record is [0x1F, 0x8B, ..]) return "it looks like gzip";
        if (record is not [0, _, _, _, _, _, ..]) return null;
        var schema = BinaryPrimitives.ReadUInt32BigEndian(record[1..]).ToString(CultureInfo.InvariantCulture);
        return $"it looks like a schema registry's frame (byte 0, schema {schema}), and only plain JSON is read";
    }

    /// <summary>The text at the error is a timestamp but for its zone, or half of one.</summary>
    private string? ZoneHint()
    {
        DateTimeText.Memory memory = new() { Minute = Vector128<byte>.AllBitsSet };
        var text = errorAt + 1;
        if (EndsText(DateTimeText.Date(text, out _))) return "it has no time of day";
        if (!EndsText(DateTimeText.Timestamp(text, ref memory, out _, out _, out var zone))) return null;
        return zone == DateTimeText.NoZone
            ? "it has no zone, such as Z or +01:00; a timestamp column takes it"
            : "it has a zone; a timestamptz column takes it";
    }

    private static bool EndsText(byte* end) => end != null && *end is (byte)'"' or 0;

    private string? UnitHint(JsonNode node)
    {
        var end = JsonNumber.Read(*errorAt == '"' ? errorAt + 1 : errorAt, out var number);
        if (end == null || number.Scaled(0, floor: true, out var value) != DecodeStatus.Ok) return null;
        foreach (var (unit, key) in Units)
        {
            var seconds = value / Digits.Power((int)unit);
            if (seconds < FirstLikelySecond || seconds >= EndLikelySecond) continue;
            var looks = $"it looks like {unit.ToString().ToLowerInvariant()}";
            return node.Kind == TypeKind.Date
                ? looks + ", and a date's numbers are days"
                : $"{looks}: timestamp_unit.{ShownName.Of(node.Path())} = {key}";
        }
        return null;
    }

    private void TellOfCase(JsonNode member)
    {
        if (member.IsToldOfCase) return;
        member.IsToldOfCase = true;
        Options.OnFieldInOtherCase?.Invoke(member.Path(), VariantOf(member));
    }
}
