using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace K2I.Registry.Tests;

/// <summary>An HTTP server that answers each path as it is told, and notes what it was asked.</summary>
internal sealed class FakeRegistry : IDisposable
{
    private readonly LocalHttp server;
    private readonly ConcurrentDictionary<string, Func<HttpListenerRequest, (int Status, byte[] Body)>> answers =
        new(StringComparer.Ordinal);

    internal FakeRegistry() => server = new LocalHttp(Serve);

    internal string Url => server.Uri;

    /// <summary>Of every answer.</summary>
    internal Dictionary<string, string> Headers { get; } = [];

    internal ConcurrentQueue<string> Calls { get; } = new();

    internal void Answer(string path, int status, string body) => Answer(path, _ => (status, body));

    internal void Answer(string path, byte[] body) => answers[path] = _ => (200, body);

    internal void Answer(string path, Func<HttpListenerRequest, (int Status, string Body)> answer) => answers[path] = request =>
    {
        var (status, body) = answer(request);
        return (status, Encoding.UTF8.GetBytes(body));
    };

    public void Dispose() => server.Dispose();

    private async Task Serve(HttpListenerContext context)
    {
        Calls.Enqueue(context.Request.RawUrl!);
        var (status, body) = answers.TryGetValue(context.Request.RawUrl!, out var answer) ? answer(context.Request)
            : (404, """{"error_code":40403,"message":"no"}"""u8.ToArray());
        context.Response.StatusCode = status;
        foreach (var (name, value) in Headers)
        {
            if (name == "Content-Type") context.Response.ContentType = value;
            else context.Response.Headers[name] = value;
        }
        if (status is 301 or 302) context.Response.Headers["Location"] = Encoding.UTF8.GetString(body);
        context.Response.ContentLength64 = body.Length;
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}
