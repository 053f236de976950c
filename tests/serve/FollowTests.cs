using System.Text;
using System.Text.Json;

namespace K2I.Serve.Tests;

/// <summary>Rows as they are published, as server-sent events.</summary>
public sealed class FollowTests : IDisposable
{
    private const string Follow = "/v1/tables/shop.orders/follow";

    private readonly Server server = new(change: o => o with { HeartbeatMs = 20 });

    public void Dispose() => server.Dispose();

    [Fact]
    public void RowsComeAsTheyArePublished()
    {
        server.Tables.Append(2);
        using var events = new Events(server.Get(Follow + "?columns=id", "text/event-stream"));
        Assert.Equal("text/event-stream", events.Type);
        Assert.Equal("t:0:2", events.Next().Id);
        server.Tables.Append(2);
        Assert.Equal(["{\"id\":2}", "{\"id\":3}"], [events.NextData(), events.NextData()]);
        Assert.Equal("t:0:4", events.NextId());
        server.Tables.Append(1);
        Assert.Equal("{\"id\":4}", events.NextData());
    }

    [Fact]
    public void OnlyRowsThatFitCome()
    {
        using var events = new Events(server.Get(Follow + "?columns=id&where=id%20%3E%201"));
        events.Next();
        server.Tables.Append(4);
        Assert.Equal(["{\"id\":2}", "{\"id\":3}"], [events.NextData(), events.NextData()]);
    }

    [Theory]
    [InlineData("?columns=id&from=t:0:1", null)]
    [InlineData("?columns=id&from=t:0:0", "t:0:1")]
    [InlineData("?columns=id", "t:0:1")]
    public void ItGoesOnWhereItIsTold(string query, string? last)
    {
        server.Tables.Append(3);
        using var events = new Events(server.Send(HttpMethod.Get, Follow + query, last is null ? [] : [("Last-Event-ID", last)]));
        Assert.Equal(["{\"id\":1}", "{\"id\":2}"], [events.NextData(), events.NextData()]);
    }

    [Fact]
    public void WhatIsGoneBeforeItWasSentIsTold()
    {
        server.Tables.Append(3);
        server.Tables.Forget();
        server.Tables.Append(1);
        using var events = new Events(server.Get(Follow + "?columns=id&from=t:0:1"));
        var missed = events.NextOf("missed");
        using var json = JsonDocument.Parse(missed.Data!);
        Assert.Equal("""[{"topic":"t","partition":0,"from_offset":1,"next_offset":3}]""", json.RootElement.GetRawText());
        Assert.Equal("{\"id\":3}", events.NextData());
    }

    [Fact]
    public void AQuietConnectionIsHeardOf()
    {
        using var events = new Events(server.Get(Follow));
        events.Next();
        Assert.True(events.ReadsComment());
    }

    [Fact]
    public void FollowersEndWhenTheServerStops()
    {
        using var events = new Events(server.Get(Follow));
        events.Next();
        server.Stop();
        Assert.True(events.Ends());
    }

    [Fact]
    public void AFollowerThatHasGoneMakesRoom()
    {
        using var few = new Server(Server.Limits with { Concurrency = 1 });
        using (few.Get(Follow))
        {
            using var second = few.Get(Follow);
            Assert.Equal(503, (int)second.StatusCode);
            Assert.Equal("[\n]\n", few.Text("/v1/tables/shop.orders/scan"));
        }
        Assert.True(SpinWait.SpinUntil(() =>
        {
            using var again = few.Get(Follow);
            return (int)again.StatusCode == 200;
        }, 30_000));
    }

    /// <summary>What comes of a stream of events, read as it comes.</summary>
    private sealed class Events(HttpResponseMessage answer) : IDisposable
    {
        private readonly StreamReader reader = new(answer.Content.ReadAsStream(), Encoding.UTF8);

        public string Type => answer.Content.Headers.ContentType!.ToString();

        public (string? Id, string? Name, string? Data) Next()
        {
            var (id, name, data) = ((string?)null, (string?)null, (string?)null);
            while (reader.ReadLine() is { } line)
            {
                if (line.Length == 0 && (id ?? data) is not null) return (id, name, data);
                if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
                if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
                if (line.StartsWith("data: ", StringComparison.Ordinal)) data = line[6..];
            }
            throw new EndOfStreamException();
        }

        public (string? Id, string? Name, string? Data) NextOf(string? name)
        {
            while (true)
                if (Next() is { Data: not null } found && found.Name == name) return found;
        }

        public string NextData() => NextOf(null).Data!;

        public string NextId()
        {
            while (true)
                if (Next().Id is { } id) return id;
        }

        public bool ReadsComment()
        {
            while (reader.ReadLine() is { } line)
                if (line.StartsWith(':')) return true;
            return false;
        }

        public bool Ends()
        {
            while (reader.ReadLine() is not null)
            {
                // Heartbeats that were on the way.
            }
            return true;
        }

        public void Dispose()
        {
            reader.Dispose();
            answer.Dispose();
        }
    }
}
