using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using CommunityToolkit.HighPerformance.Buffers;

namespace K2I.Serve;

/// <summary>What the process says of itself: health, status, metrics.</summary>
internal sealed class StatusEndpoints(IStatusSource source)
{
    private const string Plain = "text/plain; charset=utf-8";

    private static readonly JsonWriterOptions Indented = new() { Indented = true };
    private static readonly AnswerFormat Text = new("text", "text/plain");
    private static readonly Parameter Table = new("table", "Only this table.");
    private static readonly Parameter Unhealthy = new("unhealthy", "Only tables that ask for a person; false for all.");

    public ImmutableArray<Endpoint> All =>
    [
        new("/healthz", "Whether the process makes progress", e => Word(e, source.Alive, "ok\n", "not alive\n"))
        {
            Formats = [Text],
            Statuses = [200, 503],
            IsOpen = true,
        },
        new("/readyz", "Whether every table reads its topics", e => Word(e, source.Ready, "ready\n", "not ready\n"))
        {
            Formats = [Text],
            Statuses = [200, 503],
        },
        new("/health", "What is well; 503 where something asks for a person", Health) { Statuses = [200, 503] },
        new("/status", "Everything there is to know", Status) { Parameters = [Table, Unhealthy] },
        new("/metrics", "Metrics for Prometheus", Metrics) { Formats = [Text] },
    ];

    private static Task Word(Exchange exchange, bool good, string yes, string no) =>
        exchange.Send(good ? 200 : 503, Plain, System.Text.Encoding.ASCII.GetBytes(good ? yes : no));

    private async Task Health(Exchange exchange)
    {
        using var body = new ArrayPoolBufferWriter<byte>(4096);
        await exchange.Send(Write(body, source.WriteHealth) ? 200 : 503, AnswerFormat.Json.MediaType, body.WrittenMemory);
    }

    private async Task Status(Exchange exchange)
    {
        var query = new StatusQuery(exchange.Text(Table),
            exchange.Request.Query.TryGetValue(Unhealthy.Name, out var unhealthy) && unhealthy.ToString() is not "false");
        using var body = new ArrayPoolBufferWriter<byte>(4096);
        Write(body, json =>
        {
            source.WriteStatus(json, query);
            return true;
        });
        await exchange.Send(200, AnswerFormat.Json.MediaType, body.WrittenMemory);
    }

    private async Task Metrics(Exchange exchange)
    {
        using var body = new ArrayPoolBufferWriter<byte>(4096);
        source.WriteMetrics(new MetricsWriter(body));
        await exchange.Send(200, MetricsWriter.ContentType, body.WrittenMemory);
    }

    private static bool Write(ArrayPoolBufferWriter<byte> body, Func<Utf8JsonWriter, bool> write)
    {
        using var json = new Utf8JsonWriter((IBufferWriter<byte>)body, Indented);
        return write(json);
    }
}
