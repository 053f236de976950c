using System.Text;

namespace K2I.EndToEnd.Tests;

/// <summary>Iceberg's own REST catalog server in a folder of its own; it fails as it is told.</summary>
internal sealed class RestServer : IDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly string folder;

    public RestServer(Workspace workspace, params string[] options)
    {
        folder = Path.Combine(workspace.Folder, "rest");
        Uri = Start(options);
    }

    public string Uri { get; private set; }

    public string Warehouse => Path.Combine(folder, "warehouse");

    /// <summary>Options of Iceberg Java for its client.</summary>
    public string[] ForJava(string table, params string[] login) => [table, "--catalog", "rest", "--uri", Uri, .. login];

    /// <summary>Faults as the server's README names them.</summary>
    public void Fail(string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Uri.TrimEnd('/')}/admin/faults") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        using var answer = Http.Send(request);
        answer.EnsureSuccessStatusCode();
    }

    public void NoFaults()
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"{Uri.TrimEnd('/')}/admin/faults");
        using var answer = Http.Send(request);
        answer.EnsureSuccessStatusCode();
    }

    public string Log()
    {
        using var answer = Http.Send(new HttpRequestMessage(HttpMethod.Get, $"{Uri.TrimEnd('/')}/admin/log"));
        return new StreamReader(answer.Content.ReadAsStream()).ReadToEnd();
    }

    public void Kill() => Tool.Run("bash", [Path.Combine(Needs.Peer("iceberg/rest"), "stop"), folder, "--kill"]).Expect(0);

    /// <summary>The same again, at the same address, with its tables.</summary>
    public void Restart() => Uri = Start();

    public void Dispose() => Tool.Run("bash", [Path.Combine(Needs.Peer("iceberg/rest"), "stop"), folder, "--kill"]);

    private string Start(params string[] options) =>
        Tool.Run("bash", [Path.Combine(Needs.Peer("iceberg/rest"), "start"), folder, .. options]).Expect(0).Output.Trim().Split('\n')[^1];
}
