using System.Collections.Immutable;
using System.Globalization;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Query;

namespace K2I.Serve;

/// <summary>
/// Sends the rows of an answer as they are found. What comes first is held back until it is some, so that an error before it is an
/// answer of its own; a later one cuts the connection, and no half of an answer looks whole.
/// </summary>
internal static class RowAnswer
{
    /// <summary>Less than this is sent together with what follows.</summary>
    private const int LeastPart = 64 << 10;

    private const string OffsetsHeader = "K2I-Offsets", SnapshotHeader = "K2I-Snapshot", PartialHeader = "K2I-Partial";

    public static readonly ImmutableArray<(string Name, string Description)> Headers =
    [
        (OffsetsHeader, "How far the answer reaches: topic:partition:next with commas between."),
        (SnapshotHeader, "The id of the Iceberg snapshot that it is made of, with the rows in memory that are not in it."),
        (PartialHeader, "true where other processes read partitions of the table, whose rows in memory are not in the answer."),
    ];

    public static async Task SendAll(Exchange exchange, AnswerFormat format, RowStream rows, int slowCallerMs)
    {
        using var part = new ArrayPoolBufferWriter<byte>(LeastPart);
        using var output = RowFormats.Open(format, part);
        SetHeaders(exchange, rows);
        if (!Fill(rows, output, part))
        {
            await exchange.Send(200, TypeOf(format), part.WrittenMemory);
            return;
        }
        exchange.Begin(200, TypeOf(format));
        if (exchange.IsHead) return;
        bool more;
        do
        {
            await exchange.Write(part.WrittenMemory, slowCallerMs);
            part.Clear();
            more = Fill(rows, output, part);
        }
        while (more);
        await exchange.Write(part.WrittenMemory, slowCallerMs);
    }

    /// <summary>The only row, if there is one. It is no list: as JSON it is the object alone.</summary>
    public static async Task SendOne(Exchange exchange, AnswerFormat format, RowStream rows)
    {
        using var whole = new ArrayPoolBufferWriter<byte>(4096);
        using var output = RowFormats.Open(format == AnswerFormat.Json ? AnswerFormat.Ndjson : format, whole);
        while (rows.TryWrite(output))
        {
            // One row is encoded in one step; the others find none.
        }
        SetHeaders(exchange, rows);
        if (rows.Rows > 0) await exchange.Send(200, TypeOf(format), whole.WrittenMemory);
        else await exchange.Send(new Problem(ProblemKind.NoRow, $"no row of table {exchange.Path[0]} has the key"));
    }

    private static string TypeOf(AnswerFormat format) => format.MediaType + format.Parameters;

    /// <summary>Encodes a part that is worth sending; false if it is the last.</summary>
    private static bool Fill(RowStream rows, RowOutput output, ArrayPoolBufferWriter<byte> part)
    {
        while (part.WrittenCount < LeastPart)
            if (!rows.TryWrite(output)) return false;
        return true;
    }

    private static void SetHeaders(Exchange exchange, RowStream rows)
    {
        var headers = exchange.Response.Headers;
        headers[OffsetsHeader] = rows.Offsets.ToString();
        if (rows.Snapshot is { } snapshot) headers[SnapshotHeader] = snapshot.Value.ToString(CultureInfo.InvariantCulture);
        headers[PartialHeader] = rows.IsPartial ? "true" : "false";
    }
}
