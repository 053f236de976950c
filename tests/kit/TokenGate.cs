using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace K2I.Kit;

/// <summary>
/// Before an S3 server that knows fixed keys alone: lets those through who show a session token, for so long after it was first shown,
/// and signs for
/// them. Others get what S3 would say.
/// </summary>
public sealed class TokenGate : IDisposable
{
    private static readonly string[] Passed = ["range", "if-match", "if-none-match"];

    private readonly LocalHttp listener;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly ConcurrentDictionary<string, long> firstSeen = new(StringComparer.Ordinal);
    private readonly Uri server;
    private readonly TimeSpan life;
    private int expired;

    /// <param name="server">The server's address.</param>
    /// <param name="life">Of a token.</param>
    public TokenGate(string server, TimeSpan life)
    {
        (this.server, this.life) = (new Uri(server), life);
        listener = new LocalHttp(context =>
        {
            _ = Task.Run(() => Answer(context));
            return Task.CompletedTask;
        });
    }

    public string Uri => listener.Uri;

    /// <summary>How many tokens were shown.</summary>
    public int Tokens => firstSeen.Count;

    /// <summary>How often one was shown that had ended.</summary>
    public int Expired => Volatile.Read(ref expired);

    public void Dispose()
    {
        listener.Dispose();
        http.Dispose();
    }

    private async Task Answer(HttpListenerContext context)
    {
        try
        {
            var token = context.Request.Headers["x-amz-security-token"];
            if (token is null) Refuse(context.Response, 403, "AccessDenied");
            else if (Stopwatch.GetElapsedTime(firstSeen.GetOrAdd(token, static _ => Stopwatch.GetTimestamp())) > life)
            {
                Interlocked.Increment(ref expired);
                Refuse(context.Response, 400, "ExpiredToken");
            }
            else await Forward(context);
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or IOException or HttpRequestException)
        {
            // Who asked is gone, or the server.
            context.Response.Abort();
        }
    }

    private static void Refuse(HttpListenerResponse response, int status, string code)
    {
        response.StatusCode = status;
        response.Close(System.Text.Encoding.ASCII.GetBytes($"<Error><Code>{code}</Code><Message>no</Message></Error>"), willBlock: true);
    }

    private async Task Forward(HttpListenerContext context)
    {
        var asked = context.Request;
        var uri = new Uri(server.GetLeftPart(UriPartial.Authority) + asked.RawUrl,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(asked.HttpMethod), uri);
        var kept = asked.Headers.AllKeys.Select(k => k!.ToLowerInvariant())
            .Where(k => Passed.Contains(k) || (k.StartsWith("x-amz-", StringComparison.Ordinal)
                && k is not ("x-amz-security-token" or "x-amz-date" or "x-amz-content-sha256")))
            .Select(k => KeyValuePair.Create(k, asked.Headers[k]!));
        foreach (var (name, value) in SigV4.Sign(asked.HttpMethod, uri, kept, S3Server.AccessKey, S3Server.SecretKey, "us-east-1"))
            if (name != "host") request.Headers.TryAddWithoutValidation(name, value);
        if (asked.HasEntityBody || asked.HttpMethod is "PUT" or "POST")
        {
            using var body = new MemoryStream();
            await asked.InputStream.CopyToAsync(body);
            request.Content = new ByteArrayContent(body.ToArray());
        }
        using var answer = await http.SendAsync(request);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers))
            if (name is not ("Content-Length" or "Transfer-Encoding" or "Connection" or "Keep-Alive"))
                response.Headers[name] = string.Join(',', values);
        if (asked.HttpMethod == "HEAD")
        {
            response.ContentLength64 = answer.Content.Headers.ContentLength ?? 0;
            response.Close();
        }
        else response.Close(bytes, willBlock: true);
    }
}
