using K2I.Base;
using K2I.Columns;

namespace K2I.Decode.Protobuf;

/// <summary>
/// Reads records of one Protobuf schema: each names its message, and each message has a plan of its own, compiled when the first record
/// comes. One thread.
/// </summary>
internal sealed class ProtoPlan(ProtoSchema schema, string name, Schema table, PlanOptions options) : RecordPlan
{
    private readonly Dictionary<ProtoMessage, RecordPlan> plans = [];
    private ProtoMessage? lastMessage;
    private RecordPlan? last;

    public override DecodeStatus Decode(in FramedValue value, BatchBuilder row)
    {
        if (MessageOf(schema, in value, options, out var payload, out var flaw) is not { } message) return Fail(flaw!);
        if (message != lastMessage)
        {
            if (!plans.TryGetValue(message, out last)) plans[message] = last = Compile(message);
            lastMessage = message;
            Changes = last.Changes;
        }
        var status = last!.Decode(value.With(payload), row);
        IgnoredFields = last.IgnoredFields;
        if (status != DecodeStatus.Ok) Error = last.Error;
        return status;
    }

    /// <summary>
    /// The message that a record is: the options' one, else the one that it names, else the schema's only one. Null where none is found.
    /// </summary>
    internal static ProtoMessage? MessageOf(ProtoSchema schema, in FramedValue value, PlanOptions options, out ReadOnlySpan<byte> payload,
        out string? flaw)
    {
        payload = value.Payload;
        flaw = null;
        ProtoMessage? named = null;
        if (value.Schema.Kind != SchemaIdKind.None)
        {
            // A header without indexes is of the first message.
            named = MessageIndexes.Read(!value.IsInHeader ? payload : value.InHeader.IsEmpty ? [0] : value.InHeader, schema, out var end);
            if (!value.IsInHeader) payload = payload[end..];
            if (named is null) flaw = "the schema has no message of these indexes";
        }
        else if (schema.Top.Length == 1)
        {
            named = schema.Top[0];
        }
        else
        {
            flaw = "the schema has several messages: name one by message = …";
        }
        if (options.Message is not { } name || (named is null && value.Schema.Kind != SchemaIdKind.None)) return named;
        if (schema.Find(name) is not { } chosen) flaw = $"the schema has no message {name}";
        else return chosen;
        return null;
    }

    private RecordPlan Compile(ProtoMessage message)
    {
        try
        {
            return ShapedPlan.Of(ProtoColumns.Of(message), $"{name}, message {message.FullName}", table, options,
                (match, schema) => new MessagePlan(message, schema, match, options));
        }
        catch (EngineException e) when (e.Kind == ErrorKind.Invalid)
        {
            return UnusablePlan.Because(e.Message);
        }
    }

    private DecodeStatus Fail(string flaw)
    {
        Error = new(DecodeStatus.InvalidFrame, 0, null, hint: flaw);
        return DecodeStatus.InvalidFrame;
    }
}
