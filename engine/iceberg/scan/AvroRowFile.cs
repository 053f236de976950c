using System.Diagnostics.CodeAnalysis;

using K2I.Base;
using K2I.Columns;
using K2I.Parquet;

namespace K2I.Iceberg;

/// <summary>An Avro file of a table, as other engines may write: read whole, then handed out in batches. Fields are matched by id, or by name in files without ids.</summary>
internal sealed class AvroRowFile : IRowFile
{
    private const long BatchBytes = 32 << 20;

    private readonly string _what;
    private readonly int _batchRows;
    private readonly List<object?> _records;
    private readonly BatchBuilder _builder;
    private readonly AvroColumn[] _columns;
    private int _next;

    internal AvroRowFile(AvroFileReader file, ReadRequest request, string what, int batchRows)
    {
        _what = what;
        _batchRows = batchRows;
        if (file.Schema.Kind != AvroKind.Record) throw Json.Bad(what, "its records are not records");
        _columns = AvroColumn.Of(request.Schema.Fields, file.Schema, request, what);
        _records = file.ReadAll();
        _builder = BatchBuilder.ForScratch(request.Schema, BatchBytes);
    }

    public long BatchStart { get; private set; }

    public bool TryRead([NotNullWhen(true)] out Batch? batch)
    {
        batch = null;
        _builder.Reset();
        BatchStart = _next;
        while (_next < _records.Count && _builder.Rows < _batchRows)
        {
            var record = (object?[])_records[_next]!;
            for (var i = 0; i < _columns.Length; i++) _columns[i].Append(_builder.Column(i), record, _next);
            if (!_builder.EndRow())
            {
                if (_builder.Rows == 0) throw new EngineException(ErrorKind.Full, $"{_what}: row {_next} takes more than {Units.FormatBytes(BatchBytes)}");
                break;
            }
            _records[_next++] = null;
        }
        if (_builder.Rows == 0) return false;
        batch = _builder.View();
        return true;
    }

    public void Dispose() => _builder.Dispose();
}
