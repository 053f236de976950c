using System.Net.Sockets;
using System.Text;
using K2I.Base;
using K2I.Query;

namespace K2I.Serve.Tests;

/// <summary>A server with tables in memory, and a client of it.</summary>
internal sealed class Server : IDisposable
{
    public static readonly QueryLimits Limits =
        new() { MemoryBytes = 64 << 20, MaxRows = 1_000_000, MaxBytes = 1L << 30, TimeoutMs = 60_000, Concurrency = 4 };

    private readonly TableQueries queries;
    private readonly HttpServer server;

    public Server(QueryLimits? limits = null, Func<HttpOptions, HttpOptions>? change = null)
    {
        queries = new(Tables, Tables.Store, limits ?? Limits, SystemClock.Instance);
        Assert.True(ListenAddress.TryParse("127.0.0.1:0", out var address));
        var options = new HttpOptions { Listen = address };
        server = HttpServer.Start(change?.Invoke(options) ?? options, Source, queries, Log);
    }

    public MemoryTables Tables { get; } = new();

    public FakeSource Source { get; } = new();

    public CollectingLog Log { get; } = new();

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });

    public Uri Address => server.Address!;

    public HttpResponseMessage Get(string path, string? accept = null) =>
        Send(HttpMethod.Get, path, accept is null ? [] : [("Accept", accept)]);

    /// <summary>What comes back, as soon as its headers are there.</summary>
    public HttpResponseMessage Send(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(Address, path));
        foreach (var (name, value) in headers) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return Client.Send(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The body of an answer that is 200.</summary>
    public string Text(string path, string? accept = null)
    {
        using var answer = Get(path, accept);
        Assert.Equal(200, (int)answer.StatusCode);
        return TextOf(answer);
    }

    public static string TextOf(HttpResponseMessage answer)
    {
        using var reader = new StreamReader(answer.Content.ReadAsStream(), Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>A connection on which a request has been sent as it stands.</summary>
    public TcpClient Connect(string request, int receiveBuffer = 0)
    {
        var client = new TcpClient();
        if (receiveBuffer > 0) client.ReceiveBufferSize = receiveBuffer;
        client.Connect("127.0.0.1", Address.Port);
        client.GetStream().Write(Encoding.Latin1.GetBytes(request));
        return client;
    }

    /// <summary>The first line of what comes back for a request that is sent as it stands.</summary>
    public string FirstLine(string request)
    {
        using var client = Connect(request);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return reader.ReadLine() ?? "";
    }

    /// <summary>Stops it; connections get the time for it that the options give.</summary>
    public void Stop() => server.Dispose();

    public void Dispose()
    {
        Client.Dispose();
        server.Dispose();
        queries.Dispose();
        Tables.Dispose();
    }
}
