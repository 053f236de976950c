using System.Text.Json;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Catalogs.Nessie;

/// <summary>Requests to a Nessie server. Any thread; calls block until an answer, a time limit or a stop.</summary>
/// <remarks>
/// An answer of any status is returned, but for those that leave open what became of a change (5xx, 408): like a missing answer they are
/// Unknown where something was to be changed, else Unavailable.
/// </remarks>
internal sealed class NessieClient(RestOptions server, IClock clock) : IDisposable
{
    private readonly RestClient client = new(server, clock);

    /// <summary>The API's address without a slash at the end.</summary>
    public string Root => client.Root;

    public NessieAnswer Get(string path) => Send(new RestRequest(HttpMethod.Get, Root + path));

    /// <summary>Asks with a body.</summary>
    public NessieAnswer Ask(string path, byte[] body) => Send(new RestRequest(HttpMethod.Post, Root + path) { Body = body });

    public NessieAnswer Change(string path, byte[] body) =>
        Send(new RestRequest(HttpMethod.Post, Root + path) { Body = body, Changes = true });

    public string Scrub(string text) => client.Scrub(text);

    public void Dispose() => client.Dispose();

    private NessieAnswer Send(RestRequest request)
    {
        var told = client.Send(request);
        JsonElement body = default;
        try
        {
            if (told.Body.Length > 0)
            {
                using var document = JsonDocument.Parse(told.Body);
                body = document.RootElement.Clone();
            }
        }
        catch (JsonException error)
        {
            if (told.Status < 300) throw NoAnswer($"answers, but not as a Nessie server: {error.Message}", error);
        }
        var answer = new NessieAnswer(told.Status, body);
        return answer.Status is >= 500 or 408 ? throw NoAnswer(Scrub(answer.Problem), null) : answer;

        EngineException NoAnswer(string why, Exception? inner) =>
            new(request.Changes ? ErrorKind.Unknown : ErrorKind.Unavailable, $"{request.Uri}: {why}", inner);
    }
}
