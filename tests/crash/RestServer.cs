using System.Text;
using System.Text.Json;

namespace K2I.Crash.Tests;

/// <summary>Iceberg's REST catalog server, which fails as it is told.</summary>
internal sealed class RestServer : IDisposable
{
    // Every fault that a commit can meet and that ends by itself.
    private static readonly string[] OfCommits =
    [
        """{"do":"status","status":503}""", """{"do":"status","status":500}""", """{"do":"drop"}""", """{"do":"apply-status","status":504}""", """{"do":"apply-status","status":500}""",
        """{"do":"apply-drop"}""", """{"do":"apply-cut"}""", """{"do":"late","ms":300}""", """{"do":"delay","ms":400}""", """{"do":"apply-delay","ms":400}""",
        """{"do":"conflict"}""", """{"do":"conflict","with":"property"}""", """{"do":"twice"}""",
        """{"do":"stale","on":"load"}""", """{"do":"status","status":503,"on":"load"}""", """{"do":"drop","on":"load"}""", """{"do":"apply-drop","on":"create"}""",
    ];

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly string folder;

    public RestServer(string folder)
    {
        this.folder = folder;
        Uri = Tool.Output("bash", Path.Combine(Places.Peer("iceberg/rest"), "start"), folder).Trim().Split('\n')[^1];
    }

    public string Uri { get; }

    public string Warehouse => Path.Combine(folder, "warehouse");

    /// <summary>A few faults, each on some requests of its kind; what they are.</summary>
    public string SwitchOn(Random random)
    {
        var faults = Enumerable.Range(0, 1 + random.Next(3)).Select(_ =>
            $$"""{{OfCommits[random.Next(OfCommits.Length)][..^1]}},"times":0,"chance":{{(1 + random.Next(4)) * 0.1:F1}},"seed":{{random.Next(1_000_000)}}}""").ToArray();
        Send(HttpMethod.Post, $"[{string.Join(',', faults)}]");
        return string.Join(' ', faults.Select(f => JsonDocument.Parse(f).RootElement).Select(f => f.TryGetProperty("on", out var on) ? $"{on}:{f.GetProperty("do")}" : f.GetProperty("do").ToString()));
    }

    public void SwitchOff() => Send(HttpMethod.Delete, null);

    public void Dispose() => Tool.Run("bash", Path.Combine(Places.Peer("iceberg/rest"), "stop"), folder, "--kill");

    private void Send(HttpMethod method, string? json)
    {
        using var request = new HttpRequestMessage(method, $"{Uri.TrimEnd('/')}/admin/faults");
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = Http.Send(request);
        answer.EnsureSuccessStatusCode();
    }
}
