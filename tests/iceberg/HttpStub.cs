using System.Collections.Specialized;
using System.Net;
using System.Text;

namespace K2I.Iceberg.Tests;

/// <summary>A server that answers as the test says, and keeps what it was asked.</summary>
internal sealed class HttpStub : IDisposable
{
    private readonly LocalHttp server;

    public HttpStub(Func<Request, Answer> answer) => server = new LocalHttp(async context =>
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        var request = new Request(context.Request.HttpMethod, context.Request.RawUrl!, body, context.Request.Headers);
        lock (Requests) Requests.Add(request);
        var said = answer(request);
        context.Response.StatusCode = said.Status;
        foreach (var (name, value) in said.Headers) context.Response.Headers.Add(name, value);
        context.Response.Close(Encoding.UTF8.GetBytes(said.Body), willBlock: true);
    });

    public string Uri => server.Uri;

    public List<Request> Requests { get; } = [];

    public void Dispose() => server.Dispose();

    internal sealed record Request(string Method, string Url, string Body, NameValueCollection Headers);

    internal sealed record Answer(int Status, string Body, params (string Name, string Value)[] Headers);
}
