using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Decodes each record by the plan of the schema that it names. A schema that is not known yet is asked for, and its records are
/// <see cref="DecodeStatus.SchemaPending"/> until it is there. One thread.
/// </summary>
public sealed class PlannedDecoder : IRecordDecoder
{
    /// <summary>A topic with more schemas than that has them compiled again and again.</summary>
    private const int MaxPlans = 4_096;

    private static readonly (int Bytes, ulong Mask, ulong Bits) NoFrame = (0, 0, 1);

    private readonly IPlanCompiler compiler;
    private readonly ISchemaSource schemas;
    private readonly PlanOptions options;
    private readonly WireForm form;
    private readonly bool isKey;
    private readonly Dictionary<SchemaId, RecordPlan> plans = [];
    private SchemaId lastId;

    /// <summary>
    /// What is before the payload of a record of the last schema, where it is less than eight bytes: how many, which bits of eight, and
    /// what they are. So most records are taken apart by one comparison. No bits that are not 0 are none's.
    /// </summary>
    private (int Bytes, ulong Mask, ulong Bits) lastFrame = NoFrame;
    private RecordPlan? last;

    /// <summary>The last one, where a frame need not be made for it: it costs more than the comparison.</summary>
    private PayloadPlan? lastOfPayload;

    /// <param name="isKey">It is given keys, in the place of values.</param>
    public PlannedDecoder(IPlanCompiler compiler, ISchemaSource schemas, WireForm form, Schema schema, PlanOptions options,
        bool isKey = false)
    {
        (this.compiler, this.schemas, this.form, this.options, this.isKey) = (compiler, schemas, form, options, isKey);
        Schema = schema;
    }

    public Schema Schema { get; }

    public DecodeError Error { get; private set; }

    public int IgnoredFields => last?.IgnoredFields ?? 0;

    public SchemaId RefusedSchema { get; private set; }

    public DecodeStatus Decode(in RecordInput record, BatchBuilder row)
    {
        if (record.ValueIsNull) return Fail(DecodeStatus.Tombstone);
        if (record.Value.Length > options.MaxRecordBytes) return Fail(DecodeStatus.TooLarge);
        if (record.Headers is null && record.Value.Length >= sizeof(ulong)
            && (BinaryPrimitives.ReadUInt64LittleEndian(record.Value) & lastFrame.Mask) == lastFrame.Bits)
        {
            var payload = record.Value[lastFrame.Bytes..];
            return Noted(lastOfPayload is { } plan ? plan.Decode(payload, row) : DecodeKnown(payload, row));
        }
        return DecodeFramed(in record, row);
    }

    /// <summary>Of the last record's schema: what is behind it has its own, and brings its own changes.</summary>
    public IReadOnlyList<SchemaChange> Changes(IEnumerable<ReadOnlyMemory<byte>> values) => last?.Changes ?? [];

    /// <summary>A method of its own: its variables would be set to zero for records that do not come here.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private DecodeStatus DecodeFramed(in RecordInput record, BatchBuilder row)
    {
        var framed = FramedValue.Read(form, in record, isKey);
        if (framed.Flaw is { } flaw) return Fail(DecodeStatus.InvalidFrame, flaw);
        if (last is null || framed.Schema != lastId)
        {
            var status = Find(in framed);
            if (status != DecodeStatus.Ok) return status;
            lastFrame = FrameOf(in framed, record.Value);
        }
        return Noted(last!.Decode(in framed, row));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private DecodeStatus DecodeKnown(ReadOnlySpan<byte> payload, BatchBuilder row)
    {
        var known = new FramedValue(lastId, payload);
        return last!.Decode(in known, row);
    }

    private DecodeStatus Noted(DecodeStatus decoded) => decoded == DecodeStatus.Ok ? decoded : Refused(decoded);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private DecodeStatus Refused(DecodeStatus decoded)
    {
        (Error, RefusedSchema) = (last!.Error, lastId);
        return decoded;
    }

    private (int Bytes, ulong Mask, ulong Bits) FrameOf(in FramedValue framed, ReadOnlySpan<byte> value)
    {
        var bytes = value.Length - framed.Payload.Length;
        if (form == WireForm.Embedded || framed.IsInHeader || bytes >= sizeof(ulong) || value.Length < sizeof(ulong)) return NoFrame;
        var mask = (1UL << (8 * bytes)) - 1;
        return (bytes, mask, BinaryPrimitives.ReadUInt64LittleEndian(value) & mask);
    }

    private DecodeStatus Find(in FramedValue framed)
    {
        var id = framed.Schema;
        RefusedSchema = id;
        if (!plans.TryGetValue(id, out var plan))
        {
            switch (schemas.Find(in framed, out var writer))
            {
                case SchemaState.Pending:
                    return Fail(DecodeStatus.SchemaPending, $"schema {id} is being fetched");
                case SchemaState.Missing:
                    return Fail(DecodeStatus.UnknownSchema, $"there is no schema {id}");
            }
            if (plans.Count == MaxPlans) plans.Clear();
            plans[id] = plan = compiler.Compile(writer!, Schema, options);
        }
        (lastId, last, lastOfPayload) = (id, plan, plan as PayloadPlan);
        return DecodeStatus.Ok;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private DecodeStatus Fail(DecodeStatus status, string? hint = null)
    {
        Error = new(status, 0, null, hint: hint);
        return status;
    }
}
