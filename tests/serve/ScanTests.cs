using System.Net;
using System.Text.Json;
using Apache.Arrow.Ipc;

namespace K2I.Serve.Tests;

/// <summary><c>/v1/tables</c>, a table, its rows by scan and by key.</summary>
public sealed class ScanTests : IDisposable
{
    private const string Scan = "/v1/tables/shop.orders/scan", Row = "/v1/tables/shop.orders/rows/0/s0", FirstRow =
        """{"id":0,"s":"s0","d":0.5,"m":"0.05","at":"2024-01-01T00:00:00.000000+00:00","tags":["x"],"odd \"name":null,"""
        + "\"_kafka\":{\"topic\":\"t\",\"partition\":0,\"offset\":0}}";

    private static readonly (string Name, string Type)[] Forms =
    [
        ("ndjson", "application/x-ndjson"), ("csv", "text/csv"), ("json", "application/json"),
        ("arrow", "application/vnd.apache.arrow.stream"),
    ];

    private readonly Server server = new();

    public void Dispose() => server.Dispose();

    [Fact]
    public void TablesAreNamedAndDescribed()
    {
        server.Tables.Append(3);
        Assert.Equal("""{"tables":[{"name":"shop.orders"},{"name":"shop.plain"}]}""", server.Text("/v1/tables"));
        using var orders = JsonDocument.Parse(server.Text("/v1/tables/shop.orders"));
        Assert.Equal("t:0:3", orders.RootElement.GetProperty("offsets").GetString());
        Assert.Equal(["id", "s"], orders.RootElement.GetProperty("key").EnumerateArray().Select(k => k.GetString()));
        Assert.Equal(3, orders.RootElement.GetProperty("hot").GetProperty("rows").GetInt64());
        Assert.Equal("decimal(20, 2)", orders.RootElement.GetProperty("schema").GetProperty("fields")[3].GetProperty("type").GetString());
        Assert.Equal(JsonValueKind.Null, orders.RootElement.GetProperty("snapshot_id").ValueKind);
    }

    [Fact]
    public void RowsComeAsJsonUnlessAskedOtherwise()
    {
        server.Tables.Append(2);
        foreach (var accept in (string?[])[null, "*/*", "application/*", "text/html, */*;q=0.1", "text/csv;q=0.5, application/json"])
        {
            using var answer = server.Get(Scan + "?columns=id", accept);
            Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
            Assert.Equal("[\n{\"id\":0},\n{\"id\":1}\n]\n", Server.TextOf(answer));
        }
        Assert.StartsWith("[\n" + FirstRow + ",\n", server.Text(Scan), StringComparison.Ordinal);
    }

    [Fact]
    public void EachFormCanBeAskedForByHeaderAndByName()
    {
        server.Tables.Append(2);
        foreach (var (name, type) in Forms)
        {
            using var byHeader = server.Get(Scan, type);
            using var byName = server.Get(Scan + "?format=" + name, "application/json");
            Assert.Equal(type, byHeader.Content.Headers.ContentType!.MediaType);
            Assert.Equal(type, byName.Content.Headers.ContentType!.MediaType);
            Assert.Equal(byHeader.Content.ReadAsByteArrayAsync().Result, byName.Content.ReadAsByteArrayAsync().Result);
        }
        Assert.Equal("id,\"odd \"\"name\"\n0,\n1,\"say \"\"a, b\"\"\n\"\n", server.Text(Scan + "?columns=id,odd%20%22name&format=csv"));
        Assert.Equal("{\"id\":0}\n{\"id\":1}\n", server.Text(Scan + "?columns=id&format=ndjson"));
    }

    [Fact]
    public void ArrowIsReadByItsOwnLibrary()
    {
        server.Tables.Append(5_000);
        using var answer = server.Get(Scan + "?columns=id,s", "application/vnd.apache.arrow.stream");
        using var reader = new ArrowStreamReader(answer.Content.ReadAsStream());
        long rows = 0, sum = 0;
        while (reader.ReadNextRecordBatch() is { } batch)
        {
            using (batch)
            {
                rows += batch.Length;
                foreach (var id in ((Apache.Arrow.Int64Array)batch.Column(0)).Values) sum += id;
            }
        }
        Assert.Equal((5_000, 5_000L * 4_999 / 2), (rows, sum));
    }

    [Fact]
    public void QuestionsAreAnsweredAsTheyAreAsked()
    {
        server.Tables.Append(100);
        Assert.Equal("""[{"id":41},{"id":40}]""",
            server.Text(Scan + "?columns=id&where=id%20>%3D%2040%20and%20id%20<%2042&order=id%20desc&limit=5").ReplaceLineEndings(""));
        Assert.Equal("""[{"id":0}]""", server.Text(Scan + "?columns=id&limit=1&source=hot").ReplaceLineEndings(""));
        Assert.Equal("[]", server.Text(Scan + "?columns=id&source=cold").ReplaceLineEndings(""));
        Assert.Equal("[]", server.Text(Scan + "?limit=0").ReplaceLineEndings(""));
    }

    [Fact]
    public void AnswersOfAnySizeComeWhole()
    {
        foreach (var rows in (int[])[1, 2_000, 60_000])
        {
            server.Tables.Append(rows, textLength: 100);
            var lines = server.Text(Scan + "?format=ndjson&columns=id,s").TrimEnd('\n').Split('\n');
            server.Tables.Forget();
            Assert.Equal(rows, lines.Length);
        }
    }

    [Fact]
    public void HeadersSayHowFarAnAnswerReaches()
    {
        server.Tables.Append(7);
        server.Tables.IsPartial = true;
        foreach (var path in (string[])[Scan, Row])
        {
            using var answer = server.Get(path);
            Assert.Equal("t:0:7", Assert.Single(answer.Headers.GetValues("K2I-Offsets")));
            Assert.Equal("true", Assert.Single(answer.Headers.GetValues("K2I-Partial")));
            Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        }
    }

    [Fact]
    public void HeadHasTheHeadersAndNoBody()
    {
        server.Tables.Append(3);
        foreach (var path in (string[])[Scan, Row, "/v1/tables", "/v1/tables/shop.orders", "/v1/openapi.json"])
        {
            using var get = server.Get(path);
            using var head = server.Send(HttpMethod.Head, path);
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Equal(Server.TextOf(get).Length, head.Content.Headers.ContentLength);
            Assert.Empty(Server.TextOf(head));
        }
        server.Tables.Append(60_000, textLength: 100);
        using var large = server.Send(HttpMethod.Head, Scan);
        Assert.Equal((HttpStatusCode.OK, ""), (large.StatusCode, Server.TextOf(large)));
        using var missing = server.Send(HttpMethod.Head, "/v1/tables/shop.orders/rows/0/none");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public void ARowIsFoundByItsKey()
    {
        server.Tables.Append(3);
        Assert.Equal(FirstRow + "\n", server.Text(Row));
        Assert.Equal("{\"id\":1}\n", server.Text("/v1/tables/shop.orders/rows/1/a%2Fb?columns=id"));
        Assert.Equal("id\n2\n", server.Text("/v1/tables/shop.orders/rows/2/s2?columns=id&format=csv"));
        const string Whole = "GET http://localhost/v1/tables/shop.orders/rows/2/s%32 HTTP/1.1\r\nHost: localhost\r\n\r\n";
        Assert.StartsWith("HTTP/1.1 200 ", server.FirstLine(Whole), StringComparison.Ordinal);
    }

    [Fact]
    public void OffsetsAreWaitedFor()
    {
        server.Tables.Append(1);
        var answer = Task.Run(() => server.Text(Scan + "?columns=id&min_offsets=t:0:2&wait=1m"));
        server.Tables.Append(1);
        Assert.Equal("[{\"id\":0},{\"id\":1}]", answer.Result.ReplaceLineEndings(""));
    }
}
