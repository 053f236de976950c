using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

using K2I.Avro;
using K2I.Base;
using K2I.Columns;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>An Avro file of a table, as other engines may write: read whole, then handed out in batches. Fields are matched by id, or by name in files without ids.</summary>
internal sealed class AvroRowFile : IRowFile
{
    private const long BatchBytes = 32 << 20;

    private readonly string what;
    private readonly int batchRows;
    private readonly List<object?> records;
    private readonly BatchBuilder builder;
    private readonly AvroColumn[] columns;
    private int next;

    internal AvroRowFile(AvroFileReader file, ReadRequest request, string what, int batchRows)
    {
        this.what = what;
        this.batchRows = batchRows;
        if (file.Schema.Kind != AvroKind.Record) throw Json.Bad(what, "its records are not records");
        columns = AvroColumn.Of(request.Schema.Fields, file.Schema, request, what);
        records = file.ReadAll();
        builder = BatchBuilder.ForScratch(request.Schema, BatchBytes);
    }

    public long BatchStart { get; private set; }

    public IReadOnlyDictionary<string, string> Metadata => ImmutableDictionary<string, string>.Empty;

    public bool TryRead([NotNullWhen(true)] out Batch? batch)
    {
        batch = null;
        builder.Reset();
        BatchStart = next;
        while (next < records.Count && builder.Rows < batchRows)
        {
            var record = (object?[])records[next]!;
            for (var i = 0; i < columns.Length; i++) columns[i].Append(builder.Column(i), record, next);
            if (!builder.EndRow())
            {
                if (builder.Rows == 0) throw new EngineException(ErrorKind.Full, $"{what}: row {next} takes more than {Units.FormatBytes(BatchBytes)}");
                break;
            }
            records[next++] = null;
        }
        if (builder.Rows == 0) return false;
        batch = builder.View();
        return true;
    }

    public void Dispose() => builder.Dispose();
}
