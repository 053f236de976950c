using System.Net;
using System.Text.Json;
using K2I.Query;

namespace K2I.Serve.Tests;

/// <summary>What is in the way of an answer comes as <c>application/problem+json</c>, or as a connection that is cut.</summary>
public sealed class ProblemTests
{
    private const string Scan = "/v1/tables/shop.orders/scan", Row = "/v1/tables/shop.orders/rows/";

    [Theory]
    [InlineData("/nope", 404, "not-found")]
    [InlineData("/v1/tables/", 404, "not-found")]
    [InlineData("/v1/tables/nope", 404, "not-found")]
    [InlineData("/v1/tables/nope/scan", 404, "not-found")]
    [InlineData("/v1/tables/..%2F..%2Fetc/scan", 404, "not-found")]
    [InlineData("/v1/tables/nope/rows/1", 404, "not-found")]
    [InlineData("/v1/tables/nope/follow", 404, "not-found")]
    [InlineData(Row + "0/other", 404, "no-row")]
    [InlineData(Row + "0/other?format=csv", 404, "no-row")]
    [InlineData(Row + "0/other?format=arrow", 404, "no-row")]
    [InlineData(Row + "0", 400, "bad-question")]
    [InlineData(Row + "0/s0/1", 400, "bad-question")]
    [InlineData(Row + "zero/s0", 400, "bad-question")]
    [InlineData("/v1/tables/shop.plain/rows/1", 422, "no-key")]
    [InlineData("/v1/tables?limit=1", 400, "bad-question")]
    [InlineData(Scan + "?colums=id", 400, "bad-question")]
    [InlineData(Scan + "?columns=none", 400, "bad-question")]
    [InlineData(Scan + "?where=id%20%3D%3D%3D%201", 400, "bad-question")]
    [InlineData(Scan + "?where=none%20%3D%201", 400, "bad-question")]
    [InlineData(Scan + "?order=id%20up", 400, "bad-question")]
    [InlineData(Scan + "?limit=-1", 400, "bad-question")]
    [InlineData(Scan + "?limit=many", 400, "bad-question")]
    [InlineData(Scan + "?limit=1&limit=2", 400, "bad-question")]
    [InlineData(Scan + "?source=warm", 400, "bad-question")]
    [InlineData(Scan + "?format=xml", 400, "bad-question")]
    [InlineData(Scan + "?min_offsets=t:0", 400, "bad-question")]
    [InlineData(Scan + "?wait=soon", 400, "bad-question")]
    [InlineData(Scan + "?wait=30d", 400, "bad-question")]
    [InlineData(Scan + "?as_of=yesterday", 404, "not-found")]
    [InlineData(Scan + "?min_offsets=t:0:100", 504, "not-reached")]
    [InlineData(Scan + "?min_offsets=other:0:1&wait=1ms", 504, "not-reached")]
    [InlineData("/v1/tables/shop.orders/follow?from=x", 400, "bad-question")]
    [InlineData("/v1/tables/shop.orders/follow?format=json", 400, "bad-question")]
    public void AWrongQuestionSaysWhatIsWrong(string path, int status, string name)
    {
        using var server = new Server();
        server.Tables.Append(1);
        using var answer = server.Get(path);
        AssertProblem(answer, status, name);
    }

    [Theory]
    [InlineData(Scan, "text/html")]
    [InlineData(Scan, "application/json;q=0")]
    [InlineData(Row + "0/s0", "image/png")]
    [InlineData("/v1/tables", "text/csv")]
    [InlineData("/v1/tables/shop.orders", "text/csv")]
    [InlineData("/v1/tables/shop.orders/follow", "application/json")]
    public void AFormThatIsNotThereIsNotAcceptable(string path, string accept)
    {
        using var server = new Server();
        server.Tables.Append(1);
        using var answer = server.Get(path, accept);
        AssertProblem(answer, 406, "not-acceptable");
    }

    [Theory]
    [InlineData(QueryFault.BadQuestion, 400, "bad-question", null)]
    [InlineData(QueryFault.NotFound, 404, "not-found", null)]
    [InlineData(QueryFault.NoKey, 422, "no-key", null)]
    [InlineData(QueryFault.Unavailable, 503, "unavailable", 5)]
    [InlineData(QueryFault.Busy, 503, "busy", 1)]
    [InlineData(QueryFault.NotReached, 504, "not-reached", null)]
    [InlineData(QueryFault.TimedOut, 504, "timed-out", null)]
    [InlineData(QueryFault.TooLarge, 413, "too-large", null)]
    [InlineData(QueryFault.TakenBack, 503, "taken-back", 1)]
    public void EachFaultHasItsStatus(QueryFault fault, int status, string name, int? retryAfter)
    {
        using var server = new Server();
        server.Tables.Trouble = new QueryException(fault, "as it is");
        foreach (var path in (string[])[Scan, "/v1/tables/shop.orders", Row + "0/s0", "/v1/tables/shop.orders/follow"])
        {
            using var answer = server.Get(path);
            Assert.Equal("as it is", AssertProblem(answer, status, name).GetProperty("detail").GetString());
            Assert.Equal(retryAfter, (int?)answer.Headers.RetryAfter?.Delta?.TotalSeconds);
        }
    }

    [Fact]
    public void ABugIsLoggedAndNotShown()
    {
        using var server = new Server();
        server.Tables.Trouble = new InvalidOperationException("fails on purpose");
        using var answer = server.Get(Scan);
        Assert.DoesNotContain("purpose", AssertProblem(answer, 500, "bug").GetProperty("detail").GetString());
        Assert.Contains(server.Log.Lines, l => l.Contains("on purpose", StringComparison.Ordinal));
    }

    [Fact]
    public void AnAnswerThatIsTooLargeFromTheBeginningIsAProblem()
    {
        using var server = new Server(Server.Limits with { MaxRows = 10 });
        server.Tables.Append(11);
        using var answer = server.Get(Scan);
        AssertProblem(answer, 413, "too-large");
        Assert.Equal(10, server.Text(Scan + "?limit=10&format=ndjson&columns=id").Split('\n').Length - 1);
    }

    [Fact]
    public void AnErrorAfterTheFirstByteCutsTheConnection()
    {
        using var server = new Server(Server.Limits with { MaxBytes = 3 << 20 });
        server.Tables.Append(10_000, textLength: 1_000);
        using var answer = server.Get(Scan + "?format=ndjson");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.ThrowsAny<IOException>(() => Server.TextOf(answer));
    }

    [Fact]
    public void RowsTakenBackUnderASlowReaderCutTheConnection()
    {
        using var server = new Server();
        server.Tables.Append(30_000, textLength: 1_000);
        using var answer = server.Get(Scan + "?format=ndjson");
        server.Tables.Last!.TakeBack("memory is needed");
        Assert.ThrowsAny<IOException>(() => Server.TextOf(answer));
        Assert.Contains("Warn an answer was cut off path=/v1/tables/shop.orders/scan reason=memory is needed", server.Log.Lines);
    }

    [Fact]
    public void NoMoreQueriesRunThanMayAndOneThatIsLeftMakesRoom()
    {
        using var server = new Server(Server.Limits with { Concurrency = 1 });
        server.Tables.Append(30_000, textLength: 1_000);
        using (server.Get(Scan + "?format=ndjson"))
        {
            using var second = server.Get(Scan + "?limit=1");
            AssertProblem(second, 503, "busy");
            Assert.Equal(1, (int?)second.Headers.RetryAfter?.Delta?.TotalSeconds);
            Assert.Equal("ok\n", server.Text("/healthz"));
        }
        Assert.True(SpinWait.SpinUntil(() => server.Get(Scan + "?limit=1").StatusCode == HttpStatusCode.OK, 30_000));
    }

    [Fact]
    public void ACallerWhoReadsTooSlowlyIsCutOff()
    {
        using var server = new Server(Server.Limits with { Concurrency = 1 }, o => o with { SlowCallerMs = 50 });
        server.Tables.Append(30_000, textLength: 1_000);
        using var client = server.Connect($"GET {Scan}?format=ndjson HTTP/1.1\r\nHost: localhost\r\n\r\n", receiveBuffer: 4_096);
        const string line = "Warn an answer was cut off path=/v1/tables/shop.orders/scan reason=the caller reads too slowly";
        Assert.True(SpinWait.SpinUntil(() => server.Log.Lines.Contains(line), 30_000));
        // It read nothing, so what made room for the other is the bound.
        Assert.True(SpinWait.SpinUntil(() => server.Get(Scan + "?limit=1").StatusCode == HttpStatusCode.OK, 30_000));
    }

    private static JsonElement AssertProblem(HttpResponseMessage answer, int status, string name)
    {
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        using var json = JsonDocument.Parse(Server.TextOf(answer));
        Assert.Equal("urn:k2i:problem:" + name, json.RootElement.GetProperty("type").GetString());
        Assert.Equal(status, json.RootElement.GetProperty("status").GetInt32());
        Assert.NotEmpty(json.RootElement.GetProperty("title").GetString()!);
        return json.RootElement.Clone();
    }
}
