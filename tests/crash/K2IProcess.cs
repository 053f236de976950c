using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace K2I.Crash.Tests;

/// <summary>One running <c>k2i ingest</c> with a number of lanes. What it says goes to the log file of the batch.</summary>
internal sealed class K2IProcess : IDisposable
{
    private const int Killed = 128 + 9;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Process process;
    private readonly StreamWriter log;
    private readonly int port;

    public K2IProcess(string config, string logFile, string heading, int lanes, string? killAt)
    {
        port = LocalPort.Free();
        log = new(logFile, append: true);
        Keep($"--- {heading}");
        var start = new ProcessStartInfo(
            Places.Binary, ["ingest", "--config", config, "--set", $"http.listen=127.0.0.1:{port}", "--set", $"engine.lanes={lanes}"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        if (killAt is not null) start.Environment["K2I_KILL_AT"] = killAt;
        process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>The most memory that was resident so far.</summary>
    public long PeakBytes
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    public bool HasExited => process.HasExited;

    public bool WasKilled => process.ExitCode == Killed;

    public int ExitCode => process.ExitCode;

    public bool WaitForExit(int ms) => process.WaitForExit(ms);

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        kill.WaitForExit();
    }

    /// <summary>The tables of /status; empty while nothing answers.</summary>
    public IReadOnlyList<JsonElement> Tables()
    {
        try
        {
            using var answer = Http.Send(new(HttpMethod.Get, $"http://127.0.0.1:{port}/status"));
            return [.. JsonDocument.Parse(answer.Content.ReadAsStream()).RootElement.GetProperty("tables").EnumerateArray()];
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException or JsonException)
        {
            return [];
        }
    }

    public void Dispose()
    {
        if (!process.HasExited) Kill();
        process.WaitForExit();
        process.Dispose();
        lock (log) log.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (log)
        {
            log.WriteLine(line);
            log.Flush();
        }
    }
}
