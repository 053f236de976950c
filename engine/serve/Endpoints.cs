using System.Buffers;
using System.Net;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;
using K2I.Base;
using Microsoft.AspNetCore.Http;

namespace K2I.Serve;

/// <summary>Answers one request: checks who asks, picks the endpoint, writes the answer whole. Read-only: GET and HEAD without a body.</summary>
internal sealed class Endpoints(HttpOptions options, IStatusSource source, ILog log)
{
    private const string Json = "application/json", Plain = "text/plain; charset=utf-8";

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    private readonly BearerToken? token = options.Token is null ? null : new BearerToken(options.Token);

    public async Task Answer(HttpContext context)
    {
        using var body = new ArrayPoolBufferWriter<byte>(4096);
        var (status, type) = Guarded(context, body);
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = type;
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(body.WrittenMemory);
    }

    private (int Status, string Type) Guarded(HttpContext context, ArrayPoolBufferWriter<byte> body)
    {
        try
        {
            return Refuse(context, body) ?? Route(context.Request, body);
        }
        catch (Exception error)
        {
            log.Error("an endpoint failed", ("path", context.Request.Path.Value), ("error", error.Message));
            body.Clear();
            return Error(body, 500, "internal error, see the log");
        }
    }

    private (int Status, string Type)? Refuse(HttpContext context, ArrayPoolBufferWriter<byte> body)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return Error(body, 405, "only GET and HEAD");
        }
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
        {
            context.Response.Headers.Connection = "close";
            return Error(body, 413, "a request has no body here");
        }
        if (request.Path.Value == "/healthz") return null;
        if (token is not null)
        {
            if (token.Matches(request.Headers.Authorization)) return null;
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Error(body, 401, "a bearer token is needed: Authorization: Bearer …");
        }
        // A web page could reach a loopback port through a name of its own that resolves to 127.0.0.1 (DNS rebinding).
        if (options.Listen.IsLoopback && !IsLocalName(request.Host.Host)) return Error(body, 421, "the Host header must be localhost or an IP address");
        return null;
    }

    private (int Status, string Type) Route(HttpRequest request, ArrayPoolBufferWriter<byte> body)
    {
        switch (request.Path.Value ?? "/")
        {
            case "/healthz":
                return Word(body, source.Alive, "ok\n"u8, "not alive\n"u8);
            case "/readyz":
                return Word(body, source.Ready, "ready\n"u8, "not ready\n"u8);
            case "/health":
                using (var json = new Utf8JsonWriter(body, Indented)) return (source.WriteHealth(json) ? 200 : 503, Json);
            case "/status":
                using (var json = new Utf8JsonWriter(body, Indented)) source.WriteStatus(json, QueryOf(request));
                return (200, Json);
            case "/metrics":
                source.WriteMetrics(new MetricsWriter(body));
                return (200, MetricsWriter.ContentType);
            case "/":
                body.Write("/health\n/healthz\n/readyz\n/metrics\n/status\n"u8);
                return (200, Plain);
            default:
                return Error(body, 404, "there are /health, /healthz, /readyz, /metrics and /status");
        }
    }

    private static StatusQuery QueryOf(HttpRequest request) =>
        new(request.Query.TryGetValue("table", out var table) ? table.ToString() : null,
            request.Query.TryGetValue("unhealthy", out var unhealthy) && unhealthy.ToString() is not "false");

    private static (int Status, string Type) Word(IBufferWriter<byte> body, bool good, ReadOnlySpan<byte> yes, ReadOnlySpan<byte> no)
    {
        body.Write(good ? yes : no);
        return (good ? 200 : 503, Plain);
    }

    private static (int Status, string Type) Error(ArrayPoolBufferWriter<byte> body, int status, string message)
    {
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("error", message);
        json.WriteEndObject();
        return (status, Json);
    }

    private static bool IsLocalName(string host) => host == "localhost" || IPAddress.TryParse(host.AsSpan().Trim("[]"), out _);
}
