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

    private readonly IPlanCompiler compiler;
    private readonly ISchemaSource schemas;
    private readonly PlanOptions options;
    private readonly WireForm form;
    private readonly bool isKey;
    private readonly Dictionary<SchemaId, RecordPlan> plans = [];
    private SchemaId lastId;
    private RecordPlan? last;

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
        var framed = FramedValue.Read(form, in record, isKey);
        if (framed.Flaw is { } flaw) return Fail(DecodeStatus.InvalidFrame, flaw);
        if (last is null || framed.Schema != lastId)
        {
            var status = Find(in framed);
            if (status != DecodeStatus.Ok) return status;
        }
        var decoded = last!.Decode(in framed, row);
        if (decoded != DecodeStatus.Ok) (Error, RefusedSchema) = (last.Error, lastId);
        return decoded;
    }

    /// <summary>Of the last record's schema: what is behind it has its own, and brings its own changes.</summary>
    public IReadOnlyList<SchemaChange> Changes(IEnumerable<ReadOnlyMemory<byte>> values) => last?.Changes ?? [];

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
        (lastId, last) = (id, plan);
        return DecodeStatus.Ok;
    }

    private DecodeStatus Fail(DecodeStatus status, string? hint = null)
    {
        Error = new(status, 0, null, hint: hint);
        return status;
    }
}
