using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace K2I.Iceberg.Tests;

/// <summary>Iceberg's own REST catalog server, with faults on request. Its data lies in a folder of its own.</summary>
internal sealed class RestServer : IDisposable
{
    public const string Program = "peers/iceberg/rest/start";

    private readonly TempFolder folder = new();
    private readonly HttpClient admin = new();

    public RestServer(params string[] options) => Uri = Run("start", options);

    public string Uri { get; private set; }

    public string Warehouse => Path.Join(folder.Path, "server", "warehouse");

    public RestOptions Options => new() { Uri = Uri, StorageRoots = ["file://" + Warehouse] };

    public RestCatalog Open(RestOptions? options = null) => new(options ?? Options);

    /// <summary>The next request that fits meets it: fields of a fault as JSON.</summary>
    public void Fault(string json)
    {
        using var answer = admin.PostAsync($"{Uri}/admin/faults", new StringContent(json, Encoding.UTF8, "application/json")).Result;
        Assert.True(answer.IsSuccessStatusCode, answer.Content.ReadAsStringAsync().Result);
    }

    public void ClearFaults() => admin.DeleteAsync($"{Uri}/admin/faults").Result.Dispose();

    public void ForgetTokens() => admin.DeleteAsync($"{Uri}/admin/tokens").Result.Dispose();

    public List<JsonElement> Requests()
    {
        using var document = JsonDocument.Parse(admin.GetStringAsync($"{Uri}/admin/log").Result);
        return [.. document.RootElement.EnumerateArray().Select(e => e.Clone())];
    }

    public void Kill() => _ = Run("stop", ["--kill"]);

    public void StartAgain() => Uri = Run("start", []);

    public void Dispose()
    {
        _ = Run("stop", ["--kill"]);
        admin.Dispose();
        folder.Dispose();
    }

    private string Run(string program, string[] options)
    {
        var start = new ProcessStartInfo(Shared.Need($"peers/iceberg/rest/{program}"), [Path.Join(folder.Path, "server"), .. options]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadLine() ?? "";
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {output}");
        return output.Trim();
    }
}
