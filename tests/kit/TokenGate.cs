using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace K2I.Kit;

/// <summary>
/// Before a store of objects that does not mind tokens, or knows fixed keys alone: lets those through who show a token, for so long after
/// it was first shown, and signs for them. Others get what the store would say.
/// </summary>
public sealed class TokenGate : IDisposable
{
    private static readonly string[] Passed = ["range", "if-match", "if-none-match"];

    private readonly LocalHttp listener;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly ConcurrentDictionary<string, long> firstSeen = new(StringComparer.Ordinal);
    private readonly Uri server;
    private readonly TimeSpan life;
    private readonly string scheme;
    private int expired;

    /// <param name="server">The server's address.</param>
    /// <param name="life">Of a token.</param>
    /// <param name="scheme">
    /// Whose tokens they are: of a session of <c>s3</c>, bearer tokens of <c>gs</c>, those or signatures of <c>abfss</c>.
    /// </param>
    public TokenGate(string server, TimeSpan life, string scheme = "s3")
    {
        (this.server, this.life, this.scheme) = (new Uri(server), life, scheme);
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
            var token = scheme switch
            {
                "s3" => context.Request.Headers["x-amz-security-token"],
                "gs" => context.Request.Headers["Authorization"],
                _ => context.Request.Headers["Authorization"] ?? context.Request.QueryString["sig"],
            };
            if (token is null) Refuse(context.Response, "AccessDenied");
            else if (Stopwatch.GetElapsedTime(firstSeen.GetOrAdd(token, static _ => Stopwatch.GetTimestamp())) > life)
            {
                Interlocked.Increment(ref expired);
                Refuse(context.Response, "ExpiredToken");
            }
            else await Forward(context);
        }
        catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or IOException or HttpRequestException)
        {
            // Who asked is gone, or the server.
            context.Response.Abort();
        }
    }

    private void Refuse(HttpListenerResponse response, string code)
    {
        response.StatusCode = scheme == "gs" ? 401 : scheme == "s3" && code == "ExpiredToken" ? 400 : 403;
        response.Close(System.Text.Encoding.ASCII.GetBytes($"<Error><Code>{code}</Code><Message>no</Message></Error>"), willBlock: true);
    }

    private async Task Forward(HttpListenerContext context)
    {
        var asked = context.Request;
        // Of Azure's tokens the server knows nothing over http: a signature of its own stands in for one.
        var signature = scheme == "abfss" && asked.Headers["Authorization"] is not null
            ? (asked.RawUrl!.Contains('?', StringComparison.Ordinal) ? '&' : '?') + AzureServer.Signature("rwdlc") : "";
        var uri = new Uri(server.GetLeftPart(UriPartial.Authority) + asked.RawUrl + signature,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(asked.HttpMethod), uri);
        var kept = asked.Headers.AllKeys.Select(k => k!.ToLowerInvariant())
            .Where(k => Passed.Contains(k) || (k.StartsWith("x-", StringComparison.Ordinal)
                && k is not ("x-amz-security-token" or "x-amz-date" or "x-amz-content-sha256")))
            .Select(k => KeyValuePair.Create(k, asked.Headers[k]!));
        if (scheme == "s3") kept = SigV4.Sign(asked.HttpMethod, uri, kept, S3Server.AccessKey, S3Server.SecretKey, "us-east-1");
        foreach (var (name, value) in kept)
            if (name != "host") request.Headers.TryAddWithoutValidation(name, value);
        if (asked.HasEntityBody || asked.HttpMethod is "PUT" or "POST")
        {
            using var body = new MemoryStream();
            await asked.InputStream.CopyToAsync(body);
            request.Content = new ByteArrayContent(body.ToArray());
            foreach (var name in (ReadOnlySpan<string>)["Content-MD5", "Content-Type", "Content-Range"])
                if (asked.Headers[name] is { } value) request.Content.Headers.TryAddWithoutValidation(name, value);
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
