using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Query;

namespace K2I.Serve;

/// <summary>What may be asked of tables.</summary>
/// <param name="tables">Answers it.</param>
/// <param name="options">The bounds on slow callers.</param>
/// <param name="scans">Where answers are made that take more than a look at a row.</param>
/// <param name="stop">The server stops: who follows is let go.</param>
internal sealed class TableEndpoints(TableQueries tables, HttpOptions options, TaskScheduler scans, CancellationToken stop)
{
    private const string RowsSchema = """{ "type": "array", "items": { "type": "object" } }""";

    private static readonly ImmutableArray<ProblemKind> OfRows =
    [
        ProblemKind.BadQuestion, ProblemKind.NotFound, ProblemKind.NotAcceptable, ProblemKind.TooLarge, ProblemKind.Unavailable,
        ProblemKind.Busy, ProblemKind.TakenBack, ProblemKind.NotReached, ProblemKind.TimedOut,
    ];

    public ImmutableArray<Endpoint> All =>
    [
        new("/v1/tables", "The tables that there are", Names)
        {
            Problems = [ProblemKind.BadQuestion, ProblemKind.NotAcceptable],
            Schema = TableJson.NamesSchema,
        },
        new("/v1/tables/{table}", "What a table is, and how far", Describe)
        {
            Problems = [ProblemKind.BadQuestion, ProblemKind.NotFound, ProblemKind.NotAcceptable, ProblemKind.Unavailable],
            Schema = TableJson.Schema,
        },
        new("/v1/tables/{table}/rows/{*key}", "The newest row of a key; the values of several columns with / between", Find)
        {
            Parameters =
            [
                TableParameters.Columns, TableParameters.MinOffsets, TableParameters.Wait, TableParameters.Source,
                TableParameters.Format,
            ],
            Formats = RowFormats.All,
            Schema = """{ "type": "object" }""",
            Headers = RowAnswer.Headers,
            Problems = [.. OfRows, ProblemKind.NoKey, ProblemKind.NoRow],
        },
        new("/v1/tables/{table}/scan", "Rows of one moment", Scan)
        {
            Parameters =
            [
                TableParameters.Columns, TableParameters.Where, TableParameters.Order, TableParameters.Limit, TableParameters.AsOf,
                TableParameters.MinOffsets, TableParameters.Wait, TableParameters.Source, TableParameters.Format,
            ],
            Formats = RowFormats.All,
            Schema = RowsSchema,
            Headers = RowAnswer.Headers,
            Problems = OfRows,
        },
        new("/v1/tables/{table}/follow", "Rows as they are published, as server-sent events", Follow)
        {
            Parameters = [TableParameters.Columns, TableParameters.Where, TableParameters.From],
            Formats = [AnswerFormat.Events],
            Problems =
                [ProblemKind.BadQuestion, ProblemKind.NotFound, ProblemKind.NotAcceptable, ProblemKind.Unavailable, ProblemKind.Busy],
        },
    ];

    private Task Names(Exchange exchange) => SendJson(exchange, json => TableJson.WriteNames(json, tables.Tables));

    private Task Describe(Exchange exchange) => SendJson(exchange, json => TableJson.Write(json, tables.Describe(exchange.Path[0])));

    private async Task Find(Exchange exchange)
    {
        if (await Asked(exchange) is not { } format) return;
        using var rows = tables.Find(QuestionOf(exchange).ToKey(), exchange.Gone);
        if (rows.IsFound) await RowAnswer.SendOne(exchange, format, rows);
        else await OnScans(() => RowAnswer.SendOne(exchange, format, rows));
    }

    private Task Scan(Exchange exchange) => OnScans(() => SendRows(exchange));

    private Task Follow(Exchange exchange) => OnScans(() => SendEvents(exchange));

    /// <summary>Does it there from begin to end: what is awaited goes on where it was.</summary>
    private Task OnScans(Func<Task> answer) =>
        Task.Factory.StartNew(answer, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scans).Unwrap();

    private async Task SendRows(Exchange exchange)
    {
        if (await Asked(exchange) is not { } format) return;
        using var rows = tables.Scan(QuestionOf(exchange).ToScan(), exchange.Gone);
        await RowAnswer.SendAll(exchange, format, rows, options.SlowCallerMs);
    }

    private async Task SendEvents(Exchange exchange)
    {
        if (await Asked(exchange) is null) return;
        var last = exchange.Request.Headers["Last-Event-ID"].ToString();
        var question = QuestionOf(exchange);
        using var follower = tables.Follow((last.Length > 0 ? question with { From = last } : question).ToFollow());
        await FollowAnswer.Send(exchange, follower, options, stop);
    }

    private static QuestionText QuestionOf(Exchange exchange) => new()
    {
        Table = exchange.Path[0],
        Key = exchange.Path[1..],
        Columns = exchange.Text(TableParameters.Columns),
        Where = exchange.Text(TableParameters.Where),
        Order = exchange.Text(TableParameters.Order),
        Limit = exchange.Text(TableParameters.Limit),
        AsOf = exchange.Text(TableParameters.AsOf),
        MinOffsets = exchange.Text(TableParameters.MinOffsets),
        Wait = exchange.Text(TableParameters.Wait),
        Source = exchange.Text(TableParameters.Source),
        From = exchange.Text(TableParameters.From),
    };

    /// <summary>Checks what is asked; null if it is answered already, as there is no such form.</summary>
    private static async Task<AnswerFormat?> Asked(Exchange exchange)
    {
        exchange.CheckParameters();
        var format = exchange.Format();
        if (format is null) await exchange.RefuseFormat();
        return format;
    }

    private static async Task SendJson(Exchange exchange, Action<Utf8JsonWriter> write)
    {
        if (await Asked(exchange) is null) return;
        using var body = new ArrayPoolBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter((IBufferWriter<byte>)body)) write(json);
        await exchange.Send(200, AnswerFormat.Json.MediaType, body.WrittenMemory);
    }
}
