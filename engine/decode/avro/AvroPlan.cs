using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Reads records of one Avro schema straight into columns: a tree of readers, one for each field of the writer in its order. Readers take
/// a position and return the next, or null once an error is noted.
/// </summary>
internal sealed unsafe class AvroPlan(AvroRecord root, PlanOptions options) : PayloadPlan
{
    /// <summary>
    /// Steps that a record may take beside one for each of its bytes: schemas may have values of no bytes, and lists of them.
    /// </summary>
    private const int FreeSteps = 10_000;

    private const int MaxMapEntries = 1 << 16;

    private BatchBuilder? bound;
    private DecodeStatus status;
    private string? hint;
    private int errorAt;
    private DecodeNode? errorNode;
    private byte* start;
    private byte* end;
    private long steps;

    /// <summary>The keys of the maps being read.</summary>
    internal KeySet Keys { get; } = new();

    /// <summary>Records that are passed over may lie so deep.</summary>
    internal int MaxDepth => options.MaxDepth;

    /// <summary>The record's end. A field: it is read for every value.</summary>
    internal byte* End => end;

    internal override DecodeStatus Decode(ReadOnlySpan<byte> payload, BatchBuilder row)
    {
        if (!ReferenceEquals(row, bound))
        {
            bound = row;
            root.Bind(row);
        }
        status = DecodeStatus.Ok;
        IgnoredFields = 0;
        byte none = 0;
        fixed (byte* first = payload)
        {
            start = payload.IsEmpty ? &none : first;
            end = start + payload.Length;
            steps = FreeSteps + (8L * payload.Length);
            var p = root.ReadFields(start, this);
            if (p != null && p != end) _ = Fail(DecodeStatus.Malformed, p, root, "bytes follow the value");
        }
        if (status == DecodeStatus.Ok) return status;
        Keys.Clear();
        // A row that does not fit has builders out of step: what was found after that means nothing, and EndRow takes the row back.
        if (row.Overflow) return DecodeStatus.Ok;
        Error = new(status, errorAt, errorNode, hint: HintOf(payload) ?? hint);
        return status;
    }

    internal void Ignore() => IgnoredFields++;

    /// <summary>False, with the error noted, where the record has more items than its bytes can be.</summary>
    internal bool MayStep(long count, byte* at, DecodeNode node)
    {
        if (count >= 0 && (steps -= count) >= 0) return true;
        _ = Fail(DecodeStatus.Malformed, at, node, "more items than the record has bytes for");
        return false;
    }

    internal bool MayHaveEntry(int count, byte* at, DecodeNode node)
    {
        if (count < MaxMapEntries) return true;
        _ = Fail(DecodeStatus.TooManyFields, at, node);
        return false;
    }

    /// <summary>Notes the first error; always null.</summary>
    internal byte* Fail(DecodeStatus failure, byte* at, DecodeNode? node, string? why = null)
    {
        if (status == DecodeStatus.Ok) (status, errorAt, errorNode, hint) = (failure, (int)(at - start), node, why);
        return null;
    }

    internal byte* TooLong(byte* at, DecodeNode node) => Fail(DecodeStatus.Malformed, at, node, "an int of more than 32 bits");

    internal byte* Truncated(byte* at, DecodeNode? node) =>
        Fail(DecodeStatus.Malformed, at, node, "the record ends too early, or a number is too long");

    private static string? HintOf(ReadOnlySpan<byte> payload) => payload switch
    {
        [(byte)'O', (byte)'b', (byte)'j', 1, ..] =>
            "it is an Avro object container file, a form for files: have the producer write single records",
        [0, 0, 0, _, _, ..] => "it may begin with a schema id: wire = confluent",
        [(byte)'{', (byte)'"' or (byte)'\n' or (byte)' ', ..] => "it looks like JSON",
        _ => null,
    };
}
