using System.Text;

namespace K2I.Kit;

/// <summary>
/// Iceberg's own REST catalog server, which fails as it is told. Its data lies in the folder given, or in one of its own, which goes
/// with it. Options are those of its start script. Throws <see cref="InvalidOperationException"/> where a script of it fails.
/// </summary>
public sealed class RestServer : IDisposable
{
    /// <summary>The script that starts it, below <see cref="Shared"/>.</summary>
    public const string Program = "peers/iceberg/rest/start";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly TempFolder? own;
    private readonly string folder;

    public RestServer(string? folder = null, params string[] options)
    {
        own = folder is null ? new TempFolder() : null;
        this.folder = folder ?? Path.Combine(own!.Path, "server");
        Uri = Start(options);
    }

    public string Uri { get; private set; }

    public string Warehouse => Path.Combine(folder, "warehouse");

    /// <summary>Faults as the server's README names them, one or an array: the next requests that fit meet them.</summary>
    public void Fail(string json) => Send(HttpMethod.Post, "faults", json);

    public void NoFaults() => Send(HttpMethod.Delete, "faults");

    /// <summary>Every client has to log in again.</summary>
    public void ForgetTokens() => Send(HttpMethod.Delete, "tokens");

    /// <summary>What it was asked, as JSON.</summary>
    public string Log() => Send(HttpMethod.Get, "log");

    /// <summary>Ends it as a crash would.</summary>
    public void Kill() => Stop().Expect(0);

    /// <summary>The same again, at the same address, with its tables.</summary>
    public void Restart() => Uri = Start([]);

    public void Dispose()
    {
        _ = Stop();
        own?.Dispose();
    }

    private string Start(string[] options) =>
        Tool.Output("bash", [Shared.Need(Program), folder, .. options]).Trim().Split('\n')[^1];

    private ToolResult Stop() => Tool.Run("bash", [Shared.Need("peers/iceberg/rest/stop"), folder, "--kill"]);

    private string Send(HttpMethod method, string what, string? json = null)
    {
        using var request = new HttpRequestMessage(method, $"{Uri.TrimEnd('/')}/admin/{what}");
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = Http.Send(request);
        answer.EnsureSuccessStatusCode();
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        return reader.ReadToEnd();
    }
}
