using System.Text;
using System.Text.Json;

namespace K2I.Kit;

/// <summary>
/// An HTTP server in front of another, which fails as it is told. Throws <see cref="InvalidOperationException"/> where a script of it
/// fails.
/// </summary>
public sealed class FaultProxy : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly TempFolder folder = new();
    private readonly string admin;

    public FaultProxy(string upstream)
    {
        var said = Tool.Output("bash", [Shared.Need("peers/faultproxy/start"), Folder, "--upstream", upstream]);
        var addresses = said.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Where(w => w.StartsWith("http",
            StringComparison.Ordinal)).ToArray();
        (Uri, admin) = (addresses[0], addresses[1]);
    }

    public string Uri { get; }

    private string Folder => Path.Combine(folder.Path, "proxy");

    /// <summary>One more rule, as the proxy's README has them.</summary>
    public void Fail(string rule) => Send(HttpMethod.Post, "/rules", rule);

    public void NoFaults() => Send(HttpMethod.Put, "/rules", "[]");

    /// <summary>How often rules acted that are still there.</summary>
    public int Fired()
    {
        using var rules = JsonDocument.Parse(Send(HttpMethod.Get, "/rules", null));
        return rules.RootElement.EnumerateArray().Sum(r => r.GetProperty("fired").GetInt32());
    }

    /// <summary>Connections are refused, and broken.</summary>
    public void Down() => Send(HttpMethod.Post, "/down", "");

    public void Up() => Send(HttpMethod.Post, "/up", "");

    /// <summary>What was asked after its first so many calls, as <c>METHOD target</c>; the last 10,000.</summary>
    public IReadOnlyList<string> Calls(int since = 0)
    {
        using var calls = JsonDocument.Parse(Send(HttpMethod.Get, $"/calls?since={since}", null));
        return [.. List(calls.RootElement).Select(c => $"{c.GetProperty("method").GetString()} {c.GetProperty("target").GetString()}")];
    }

    public void Dispose()
    {
        _ = Tool.Run("bash", [Shared.Need("peers/faultproxy/stop"), Folder]);
        folder.Dispose();
    }

    private static IEnumerable<JsonElement> List(JsonElement root) =>
        (root.ValueKind == JsonValueKind.Array ? root : root.GetProperty("calls")).EnumerateArray();

    private string Send(HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, admin + path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = Http.Send(request);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        return reader.ReadToEnd();
    }
}
