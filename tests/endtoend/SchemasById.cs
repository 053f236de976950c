using System.Net;
using System.Text;
using System.Text.Json;

namespace K2I.EndToEnd.Tests;

/// <summary>A registry with these schemas by the ids 1, 2, …; away once disposed.</summary>
internal sealed class SchemasById : IDisposable
{
    private readonly LocalHttp server;

    internal SchemasById(params string[] schemas) => server = new(context => Serve(context, schemas));

    internal string Url => server.Uri;

    public void Dispose() => server.Dispose();

    private static async Task Serve(HttpListenerContext context, string[] schemas)
    {
        var at = context.Request.RawUrl!.Split('/') is ["", "schemas", "ids", var id] && int.TryParse(id, out var number) ? number - 1 : -1;
        var isKnown = at >= 0 && at < schemas.Length;
        context.Response.StatusCode = isKnown ? 200 : 404;
        var body = isKnown ? $$"""{"schema":{{JsonSerializer.Serialize(schemas[at])}}}""" : """{"error_code":40403}""";
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }
}
