using System.Collections.Immutable;
using System.Globalization;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Query;
using Microsoft.AspNetCore.Http;

namespace K2I.Serve;

/// <summary>One request to an endpoint, and its answer. One thread at a time.</summary>
/// <param name="context">Of the server.</param>
/// <param name="endpoint">The endpoint that it is for.</param>
/// <param name="path">What stands in the path where the endpoint's has braces.</param>
internal sealed class Exchange(HttpContext context, Endpoint endpoint, ImmutableArray<string> path)
{
    private const string FormatName = "format";

    public ImmutableArray<string> Path => path;

    public HttpRequest Request => context.Request;

    public HttpResponse Response => context.Response;

    /// <summary>Ends when the caller has gone.</summary>
    public CancellationToken Gone => context.RequestAborted;

    public bool IsHead => HttpMethods.IsHead(context.Request.Method);

    /// <summary>Throws BadQuestion for what may not be asked here, and for what is asked twice.</summary>
    public void CheckParameters()
    {
        foreach (var (name, values) in Request.Query)
        {
            var known = endpoint.Parameters.FirstOrDefault(p => p.Name == name);
            if (known is null)
            {
                throw new QueryException(QueryFault.BadQuestion, endpoint.Parameters.IsEmpty
                    ? $"there is no parameter here, so no '{Shown(name)}'"
                    : $"there is no parameter '{Shown(name)}' here, but {string.Join(", ", endpoint.Parameters.Select(p => p.Name))}");
            }
            if (values.Count > 1) throw new QueryException(QueryFault.BadQuestion, $"{name} stands more than once");
            if (!known.Values.IsEmpty && !known.Values.Contains(values.ToString()))
                throw new QueryException(QueryFault.BadQuestion,
                    $"{name} is one of {string.Join(", ", known.Values)}, not '{Shown(values.ToString())}'");
        }
    }

    /// <summary>The text of a parameter; null where it is not given or empty.</summary>
    public string? Text(Parameter parameter) => Request.Query[parameter.Name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>The form asked for: by name, else by <c>Accept</c>; null where there is none such.</summary>
    public AnswerFormat? Format() => Request.Query[FormatName].ToString() is { Length: > 0 } name
        ? endpoint.Formats.FirstOrDefault(f => f.Name == name)
        : AnswerFormat.Choose(Request.Headers.Accept, endpoint.Formats);

    /// <summary>That the form asked for is not to be had.</summary>
    public Task RefuseFormat() =>
        Send(new Problem(ProblemKind.NotAcceptable, $"there are {string.Join(", ", endpoint.Formats.Select(f => f.MediaType))}"));

    /// <summary>Answers with a whole text.</summary>
    public async Task Send(int status, string type, ReadOnlyMemory<byte> body)
    {
        Begin(status, type);
        Response.ContentLength = body.Length;
        if (!IsHead) await Response.Body.WriteAsync(body);
    }

    public async Task Send(Problem problem)
    {
        using var body = new ArrayPoolBufferWriter<byte>(512);
        problem.Write(body);
        if (problem.Kind.RetryAfterSeconds is { } seconds) Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Send(problem.Kind.Status, Problem.MediaType, body.WrittenMemory);
    }

    /// <summary>Sets what is said before the body.</summary>
    public void Begin(int status, string type)
    {
        Response.StatusCode = status;
        Response.ContentType = type;
        Response.Headers.CacheControl = "no-store";
        Response.Headers.XContentTypeOptions = "nosniff";
    }

    /// <summary>
    /// Sends a part of an answer and waits until the caller has read enough of it. Throws <see cref="SlowCallerException"/> for one who
    /// takes longer than that.
    /// </summary>
    public async Task Write(ReadOnlyMemory<byte> part, int slowCallerMs)
    {
        using var slow = new CancellationTokenSource(slowCallerMs);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(Gone, slow.Token);
        try
        {
            await Response.Body.WriteAsync(part, either.Token);
        }
        catch (Exception) when (slow.IsCancellationRequested)
        {
            throw new SlowCallerException();
        }
        // The server answers a write that is cancelled by aborting the request, and may say nothing of it here.
        if (slow.IsCancellationRequested) throw new SlowCallerException();
    }

    /// <summary>Cuts the connection, so that what was answered so far is not taken for the whole.</summary>
    public void Abort() => context.Abort();

    /// <summary>What came from outside, short enough to be repeated.</summary>
    private static string Shown(string text) => string.Concat(text.Take(60).Select(c => char.IsControl(c) ? ' ' : c));
}
