using System.Text;

namespace K2I.Serve.Tests;

/// <summary>Whatever is asked, the server answers: no bug, and the next one is answered too.</summary>
public sealed class FuzzTests
{
    private const int Requests = 3_000;

    private static readonly string[] Parts =
    [
        "v1", "tables", "shop.orders", "shop.plain", "rows", "scan", "status", "healthz", "openapi.json", "0", "s0",
        "", ".", "..", "%2F", "%2e%2e", "%00", "%", "%zz", "%c3",
        "%F0%9F%A6%89", "*", "{table}", "a b", "+", "a;b", new('x', 300),
    ];

    private static readonly string[] Names =
    [
        "columns", "where", "order", "limit", "as_of", "min_offsets", "wait", "source", "format", "table", "unhealthy", "", "x",
        "%63olumns", "COLUMNS",
    ];

    private static readonly string[] Values =
    [
        "id", "id,s", "id%20desc", "_kafka.offset", "tags.element", "id%20=%201", "id>1%20and(s%20is%20null)", "not%20(",
        "s%20like%20'%25'", "d%20in%20(1,2,null)", "((((((((", "'", "%22",
        "0", "-1", "9223372036854775808", "t:0:1", "t:0:0,t:0:0", "t::", ":", "1s", "1000000d", "hot", "cold",
        "both", "csv", "arrow", "ndjson", "main", "2024-01-01T00:00:00Z",
        "%00", "%ff", "%", "", "at%20%3E%20'2024-01-01'", "m%20=%201e400", "`odd%20%22name`%20=%20'a'", "id%20=%20true", "true", "1",
    ];

    private static readonly string[] Headers =
    [
        "Accept: */*", "Accept: text/csv", "Accept: ;;;", "Accept: application/json;q=2", "Accept: ,,,", "Accept: */csv",
        "Last-Event-ID: x", "Range: bytes=0-1", "Expect: 100-continue",
        "If-None-Match: *", "Authorization: Bearer", "X-Y: \u00ff",
    ];

    [Fact]
    public void NothingThatIsAskedIsABug()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        using var server = new Server(Server.Limits with { MaxRows = 50, TimeoutMs = 5_000 });
        server.Tables.Append(40);
        for (var i = 0; i < Requests; i++)
        {
            var request = RequestOf(random);
            var line = server.FirstLine(request);
            // A request that is no HTTP may be answered by the end of its connection.
            var isAnswer = line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && !line.Contains(" 500 ", StringComparison.Ordinal);
            Assert.True(line.Length == 0 || isAnswer, $"seed {seed}: {line} for {request}");
        }
        Assert.DoesNotContain(server.Log.Lines, l => l.Contains("failed", StringComparison.Ordinal));
        Assert.Equal("ok\n", server.Text("/healthz"));
    }

    private static string RequestOf(Random random)
    {
        var text = new StringBuilder(random.Next(20) == 0 ? "HEAD " : "GET ");
        if (random.Next(3) > 0) text.Append("/v1/tables/shop.orders/").Append(random.Next(2) == 0 ? "scan" : "rows/0/s0");
        else
            for (var i = random.Next(6); i >= 0; i--) text.Append('/').Append(One(random, Parts));
        var mark = '?';
        for (var i = random.Next(4); i > 0; i--, mark = '&')
            text.Append(mark).Append(One(random, Names)).Append('=').Append(One(random, Values));
        text.Append(" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        for (var i = random.Next(3); i > 0; i--) text.Append(One(random, Headers)).Append("\r\n");
        if (random.Next(10) > 0) return text.Append("\r\n").ToString();
        // Some bytes are other bytes; a request stays that ends.
        for (var i = random.Next(4); i > 0; i--) text[random.Next(text.Length)] = (char)random.Next(256);
        return text.Append("\r\n\r\n").ToString();
    }

    private static string One(Random random, string[] among) => among[random.Next(among.Length)];
}
