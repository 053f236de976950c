using System.Net.Http.Headers;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Running;
using K2I.Query;

namespace K2I.Cli.Queries;

/// <summary>Asks the running process, and hands on what comes as it comes.</summary>
internal sealed class RunningQuery(ProcessClient process)
{
    private const string ProblemType = "application/problem+json";

    private readonly byte[] buffer = new byte[64 << 10];

    /// <summary>Hands rows on in the form asked for. Throws where nothing answers, or the answer is cut short.</summary>
    public ExitCode Rows(QuestionText question, string format, Terminal terminal, Sink sink) =>
        Read(RowsPathOf(question) + QueryOf(question, format), terminal, sink);

    /// <summary>Hands rows on as they are published, an object a line, until the process ends it.</summary>
    public ExitCode Follow(QuestionText question, Terminal terminal, Sink sink)
    {
        var events = new EventLines(terminal, sink);
        var code = Read(TablePathOf(question) + "/follow" + QueryOf(question, format: null), terminal, events.Write);
        if (code != ExitCode.Ok) return code;
        terminal.Error.WriteLine($"k2i: the process ended it{(events.LastId is { } id ? $"; --from {id} goes on there" : "")}");
        return ExitCode.Unreachable;
    }

    private ExitCode Read(string pathAndQuery, Terminal terminal, Sink sink)
    {
        using var response = process.Get(pathAndQuery);
        if (!response.IsSuccessStatusCode) return Refused(response, terminal);
        try
        {
            using var body = response.Content.ReadAsStream();
            while (body.Read(buffer) is > 0 and var read) sink(buffer.AsSpan(0, read));
        }
        catch (HttpIOException error)
        {
            throw new EngineException(ErrorKind.Unknown, "the answer was cut short, what came of it is not all: it took too long or was "
                + "too large, its rows were taken back, or the process ended; its log may say more", error);
        }
        return ExitCode.Ok;
    }

    private static ExitCode Refused(HttpResponseMessage response, Terminal terminal)
    {
        var status = (int)response.StatusCode;
        var detail = DetailOf(response) ?? $"the process answered {status}, so it is none that answers queries";
        terminal.Error.WriteLine($"k2i: {TextFit.Clean(detail)}");
        return status switch
        {
            400 or 406 or 422 => ExitCode.Invalid,
            404 => ExitCode.NotFound,
            503 => ExitCode.Unreachable,
            _ => ExitCode.Failed,
        };
    }

    private static string? DetailOf(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType is not MediaTypeHeaderValue { MediaType: ProblemType }) return null;
        try
        {
            using var problem = JsonDocument.Parse(response.Content.ReadAsStream());
            return problem.RootElement.GetProperty("detail").GetString();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or HttpIOException)
        {
            return null;
        }
    }

    private static string TablePathOf(QuestionText question) => "/v1/tables/" + Uri.EscapeDataString(question.Table);

    private static string RowsPathOf(QuestionText question) =>
        TablePathOf(question) + (question.Key.IsEmpty ? "/scan" : "/rows/" + string.Join('/', question.Key.Select(Uri.EscapeDataString)));

    private static string QueryOf(QuestionText question, string? format)
    {
        (string Name, string? Value)[] all =
        [
            ("columns", question.Columns), ("where", question.Where), ("order", question.Order),
            ("limit", question.Limit), ("as_of", question.AsOf), ("min_offsets", question.MinOffsets),
            ("wait", question.Wait), ("source", question.Source), ("from", question.From), ("format", format),
        ];
        var given = all.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}");
        return string.Join('&', given) is { Length: > 0 } text ? "?" + text : "";
    }
}
