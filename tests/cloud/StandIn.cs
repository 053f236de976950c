using System.Net;
using System.Text;

namespace K2I.Cloud.Tests;

/// <summary>A server that answers as it is told, and keeps what it was asked: <c>METHOD path?query</c>, headers, body.</summary>
internal sealed class StandIn : IDisposable
{
    private readonly LocalHttp server;
    private readonly Func<Asked, (int Status, string Body)> answer;
    private readonly List<Asked> asked = [];

    public StandIn(Func<Asked, (int Status, string Body)> answer)
    {
        this.answer = answer;
        server = new LocalHttp(Serve);
    }

    public string Host => new Uri(server.Uri).Authority;

    public IReadOnlyList<Asked> Calls
    {
        get
        {
            lock (asked) return [.. asked];
        }
    }

    public void Dispose() => server.Dispose();

    private async Task Serve(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var headers = context.Request.Headers.AllKeys.ToDictionary(k => k!, k => context.Request.Headers[k]!,
            StringComparer.OrdinalIgnoreCase);
        var call = new Asked($"{context.Request.HttpMethod} {context.Request.RawUrl}", headers, await reader.ReadToEndAsync());
        lock (asked) asked.Add(call);
        var (status, body) = answer(call);
        context.Response.StatusCode = status;
        context.Response.Close(Encoding.UTF8.GetBytes(body), willBlock: false);
    }

    internal sealed record Asked(string Target, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        public string Field(string name) => Body.Split('&').Select(f => f.Split('=', 2)).Single(f => f[0] == name)[1] is var text
            ? WebUtility.UrlDecode(text) : "";
    }
}
