using K2I.Columns;

namespace K2I.Decode;

/// <summary>Reads a frame's payload as JSON.</summary>
internal sealed class JsonPlan(JsonDecoder decoder) : PayloadPlan
{
    internal override DecodeStatus Decode(ReadOnlySpan<byte> payload, BatchBuilder row)
    {
        var status = decoder.Decode(new RecordInput(payload), row);
        IgnoredFields = decoder.IgnoredFields;
        if (status != DecodeStatus.Ok) Error = decoder.Error;
        return status;
    }
}
