using K2I.Columns;

namespace K2I.Decode;

/// <summary>Reads a frame's payload as JSON.</summary>
internal sealed class JsonPlan(JsonDecoder decoder) : RecordPlan
{
    public override DecodeStatus Decode(in FramedValue value, BatchBuilder row)
    {
        var status = decoder.Decode(new RecordInput(value.Payload), row);
        IgnoredFields = decoder.IgnoredFields;
        if (status != DecodeStatus.Ok) Error = decoder.Error;
        return status;
    }
}
