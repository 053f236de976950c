using K2I.Base;
using K2I.Columns;

namespace K2I.Decode.Protobuf;

/// <summary>
/// Messages to rows, straight from the wire into columns. Values are taken as they come; what the format lets a later part of a message
/// change (a field that comes twice, in parts, or after another of its oneof, a key that comes twice) is seldom there: a message with it is
/// put into the form without (<see cref="WireMerger"/>), and read again. The rules for every type stand in the module's README. One thread.
/// </summary>
internal sealed partial class MessagePlan : PayloadPlan
{
    private readonly ProtoMessage message;
    private readonly ProtoNode root;
    private readonly WireMerger merger;
    private readonly ProtoJson json;
    private readonly KeySet mapKeys = new();
    private BatchBuilder? bound;
    private DecodeStatus status;
    private int errorAt;
    private DecodeNode? errorNode;

    /// <summary>The message has parts that belong together, or exclude each other.</summary>
    private bool isScattered;

    /// <summary>Messages begun, which numbers them.</summary>
    private long messages;

    /// <param name="message">What records are.</param>
    /// <param name="table">The table's schema.</param>
    /// <param name="match">Which column each field goes to.</param>
    /// <param name="options">Of the table.</param>
    internal MessagePlan(ProtoMessage message, Schema table, ColumnMatch match, PlanOptions options)
    {
        this.message = message;
        root = new(message, table, match, options.MetadataColumn);
        merger = new(options.MaxDepth);
        json = new(options.MaxDepth);
    }

    internal override DecodeStatus Decode(ReadOnlySpan<byte> value, BatchBuilder row)
    {
        status = DecodeStatus.Ok;
        if (!ReferenceEquals(row, bound)) Bind(row);
        if (!Read(value, row) && isScattered)
        {
            row.AbandonRow();
            var merged = merger.Merge(message, value, out var refusal);
            if (refusal != DecodeStatus.Ok) Refuse(refusal, root, 0);
            else if (!Read(merged, row)) Check.That(!isScattered || Overflows(row));
        }
        // A row that does not fit has builders out of step: whatever was found after that means nothing, and EndRow takes the row back.
        if (status == DecodeStatus.Ok || Overflows(row)) return DecodeStatus.Ok;
        Error = new(status, errorAt, errorNode);
        return status;
    }

    private static bool Overflows(BatchBuilder row) => row.Overflow;

    private bool Read(ReadOnlySpan<byte> value, BatchBuilder row)
    {
        IgnoredFields = 0;
        isScattered = false;
        mapKeys.Clear();
        var reader = new WireReader(value);
        return Message(root, ref reader, row.Rows, 0);
    }

    private void Bind(BatchBuilder row)
    {
        for (var i = 0; i < root.Columns.Length; i++) root.Columns[i].Bind(row.Column(root.Indexes[i]));
        bound = row;
    }

    /// <summary>
    /// A message's fields up to the reader's end, or the end of the group. Each column must hold <paramref name="rows"/> values before and
    /// one more after: one that holds more already has had its field.
    /// </summary>
    private bool Message(ProtoNode node, ref WireReader reader, int rows, uint endTag)
    {
        var serial = ++messages;
        var missing = node.Columns.Length;
        while (true)
        {
            if (reader.At >= reader.End)
            {
                if (endTag == 0) break;
                return Malformed(node, reader.At);
            }
            var at = reader.At;
            if (!reader.ReadTag(out var tag)) return Malformed(node, at);
            if (tag == endTag && endTag != 0) break;
            var member = node.Find(tag >> 3);
            if (member is null || !member.Takes(tag))
            {
                if (!reader.Skip(tag)) return Malformed(node, at);
                IgnoredFields++;
                continue;
            }
            if (member.Oneof is { } oneof)
            {
                if (oneof.SeenIn == serial && oneof.Seen != member) return Scattered();
                (oneof.SeenIn, oneof.Seen) = (serial, member);
            }
            if (member.Column is not { } column)
            {
                if (!reader.Skip(tag)) return Malformed(node, at);
                IgnoredFields++;
                continue;
            }
            if (column.Count != rows) return Scattered();
            if (!(member.IsRepeated ? Repeated(member, ref reader, tag) : Value(member, ref reader, tag & 7))) return false;
            missing--;
        }
        return missing == 0 || FillMissing(node, rows, reader.At);
    }

    /// <summary>Elements or entries that come one after another; a column that others come for later is scattered.</summary>
    private bool Repeated(ProtoNode node, ref WireReader reader, uint tag)
    {
        var isMap = node.Target == ProtoTarget.Map;
        var element = node.Columns[0];
        var outer = isMap ? mapKeys.Begin() : default;
        while (true)
        {
            if (isMap ? !Entry(node, ref reader) : !Elements(element, ref reader, tag & 7)) return false;
            var next = reader.At;
            if (next < reader.End && reader.ReadTag(out var following) && following >> 3 == tag >> 3 && node.Takes(following))
            {
                tag = following;
                continue;
            }
            reader.At = next;
            break;
        }
        if (isMap) mapKeys.End(outer);
        node.Column!.EndList();
        return true;
    }

    /// <summary>One element, or many of them in one length.</summary>
    private bool Elements(ProtoNode element, ref WireReader reader, uint wire)
    {
        if (wire != WireReader.Length || !element.Proto.IsPackable) return Value(element, ref reader, wire);
        var outer = reader.End;
        if (!reader.ReadEnd(out var end)) return Malformed(element, reader.At);
        reader.End = end;
        while (reader.At < end)
            if (!Value(element, ref reader, element.Proto.Wire)) return false;
        reader.End = outer;
        return true;
    }

    private bool Entry(ProtoNode node, ref WireReader reader)
    {
        var outer = reader.End;
        var at = reader.At;
        if (!reader.ReadEnd(out var end)) return Malformed(node, at);
        reader.End = end;
        var rows = node.Entries.Count;
        var from = reader.At;
        if (!Message(node, ref reader, rows, 0)) return false;
        reader.End = outer;
        node.Entries.EndStruct();
        return mapKeys.Add(WireMerger.KeyOf(node.Proto.Message!, reader.Between(from, end), stackalloc byte[sizeof(ulong)])) || Scattered();
    }

    private bool FillMissing(ProtoNode node, int rows, int at)
    {
        foreach (var child in node.Columns)
        {
            if (child.Column!.Count > rows) continue;
            if (child.Proto is { HasPresence: false } proto)
            {
                if (proto.IsRepeated) child.Column.EndList();
                else if (!Zero(child)) return false;
            }
            else if (child.Proto is { IsRequired: true })
            {
                return Refuse(DecodeStatus.MissingRequired, child, at);
            }
            else if (child.Default is { } value)
            {
                value.AppendTo(child.Column);
            }
            else if (child.Field!.Required)
            {
                return Refuse(DecodeStatus.MissingRequired, child, at);
            }
            else
            {
                child.Column.AppendNull();
            }
        }
        return true;
    }

    /// <summary>The value that the field of a message without it has: what zeros on the wire mean.</summary>
    private bool Zero(ProtoNode node)
    {
        var reader = new WireReader([0, 0, 0, 0, 0, 0, 0, 0]);
        return Value(node, ref reader, node.Proto.Wire);
    }

    private bool Scattered()
    {
        isScattered = true;
        return false;
    }

    private bool Malformed(DecodeNode node, int at) => Refuse(DecodeStatus.Malformed, node, at);

    private bool Refuse(DecodeStatus what, DecodeNode node, int at)
    {
        (status, errorNode, errorAt) = (what, node, at);
        return false;
    }
}
