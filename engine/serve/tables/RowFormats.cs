using System.Buffers;
using System.Collections.Immutable;
using K2I.Query;

namespace K2I.Serve;

/// <summary>The forms that rows come in.</summary>
internal static class RowFormats
{
    public static readonly ImmutableArray<AnswerFormat> All =
        [AnswerFormat.Json, AnswerFormat.Ndjson, AnswerFormat.Csv, AnswerFormat.Arrow];

    public static RowOutput Open(AnswerFormat format, IBufferWriter<byte> output) =>
        format == AnswerFormat.Csv ? new CsvRows(output)
        : format == AnswerFormat.Arrow ? new ArrowRows(output)
        : format == AnswerFormat.Ndjson ? new NdjsonRows(output)
        : new JsonRows(output);
}
