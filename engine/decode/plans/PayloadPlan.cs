using K2I.Columns;

namespace K2I.Decode;

/// <summary>A plan of records of which only the payload counts, whatever frame it had.</summary>
internal abstract class PayloadPlan : RecordPlan
{
    public sealed override DecodeStatus Decode(in FramedValue value, BatchBuilder row) => Decode(value.Payload, row);

    internal abstract DecodeStatus Decode(ReadOnlySpan<byte> payload, BatchBuilder row);
}
