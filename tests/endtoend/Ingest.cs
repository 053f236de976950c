using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;

namespace K2I.EndToEnd.Tests;

/// <summary>A running <c>k2i ingest</c>. What it logs is kept and shown when a wait fails.</summary>
internal sealed class Ingest : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(300);

    /// <summary>Small, so that more than a few records fill it.</summary>
    private const string DefaultMemory = "64MiB";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Process process;
    private readonly StringBuilder log = new();
    private readonly int port;
    private readonly PeakMemory memory;

    private Ingest(Process process, int port, string configFile, PeakMemory memory)
    {
        this.process = process;
        this.port = port;
        this.memory = memory;
        ConfigFile = configFile;
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    public string Log
    {
        get
        {
            lock (log) return log.ToString();
        }
    }

    public bool HasExited => process.HasExited;

    public int Id => process.Id;

    /// <summary>The configuration that it runs with, for other commands.</summary>
    public string ConfigFile { get; }

    /// <summary>
    /// Starts it with this configuration; sections [http] and [engine] are added, with more lines of the latter in
    /// <paramref name="engine"/>. The text is given on standard input, or in <see cref="ConfigFile"/> where it is to be read again.
    /// Of several at once each has a <paramref name="name"/>, and a data directory of that name. <paramref name="environment"/> is one NAME=VALUE.
    /// </summary>
    public static Ingest Start(Workspace workspace, string config, string name = "", string engine = "", string environment = "",
        bool fromFile = false)
    {
        var port = LocalPort.Free();
        if (!engine.Contains("memory =", StringComparison.Ordinal)) engine = $"memory = {DefaultMemory}\n{engine}";
        var text = $"{config}\n[http]\nlisten = 127.0.0.1:{port}\n[engine]\ndata_dir = {workspace.Data}{name}\n{engine}\n";
        var file = workspace.File($"k2i{name}.ini", text);
        // What runs the tests may ignore SIGINT or SIGHUP, as shells in the background and nohup do, and a child inherits that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,HUP",
            .. environment.Length > 0 ? [environment] : Array.Empty<string>(), Needs.Binary, "ingest", "--config", fromFile ? file : "-"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workspace.Folder,
        };
        var process = Process.Start(start)!;
        if (!fromFile) process.StandardInput.Write(text);
        process.StandardInput.Close();
        return new Ingest(process, port, file, PeakMemory.By(text));
    }

    /// <summary>Waits until the table has committed this many rows since the start of the process.</summary>
    public void WaitForRows(string table, long rows) => Wait($"{rows} rows of {table} committed", status => Table(status, table)?.GetProperty("rows_committed").GetInt64() >= rows);

    /// <summary>Waits until every partition of the table is committed up to what Kafka has: at least <paramref name="records"/> in all.</summary>
    public void WaitForOffsets(string table, long records) =>
        Wait($"offsets of {table} committed up to {records} in all", status => Committed(status, table) >= records);

    /// <summary>The next offsets that the table has committed, of all partitions together that this process has.</summary>
    public long Committed(string table) => Status() is { } status ? Committed(status, table) : 0;

    public void WaitForState(string table, string state) => Wait($"{table} is {state}", status => Table(status, table)?.GetProperty("state").GetString() == state);

    public void WaitForPause(string table, string reason) => Wait(
        $"{table} is paused for {reason}",
        status => Table(status, table) is { } found && found.GetProperty("state").GetString() == "paused" && found.GetProperty("pause_reason").GetString() == reason);

    public void Wait(string what, Func<JsonElement, bool> condition)
    {
        var clock = Stopwatch.StartNew();
        JsonElement? last = null;
        while (clock.Elapsed < Patience)
        {
            Assert.False(process.HasExited, $"it ended with {(process.HasExited ? process.ExitCode : 0)} before: {what}\n{Log}");
            last = Status();
            if (last is { } status && condition(status)) return;
            Thread.Sleep(50);
        }

        Assert.Fail($"not in {Patience.TotalSeconds} s: {what}\nstatus: {last}\n{Log}");
    }

    /// <summary>The document at /status; null while nothing answers.</summary>
    public JsonElement? Status()
    {
        try
        {
            return JsonDocument.Parse(Get("/status").Body).RootElement;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public (int Code, string Body) Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, UriOf(path));
        using var response = Http.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream());
        return ((int)response.StatusCode, reader.ReadToEnd());
    }

    public byte[] GetBytes(string path)
    {
        using var response = Http.Send(new(HttpMethod.Get, UriOf(path)));
        Assert.Equal(200, (int)response.StatusCode);
        using var bytes = new MemoryStream();
        response.Content.ReadAsStream().CopyTo(bytes);
        return bytes.ToArray();
    }

    public Uri UriOf(string path) => new($"http://127.0.0.1:{port}{path}");

    public static JsonElement? Table(JsonElement status, string name)
    {
        foreach (var table in status.GetProperty("tables").EnumerateArray())
            if (table.GetProperty("name").GetString() is { } found && (found == name || found.EndsWith("." + name, StringComparison.Ordinal))) return table;
        return null;
    }

    public void Signal(string name) => Tool.Run("bash", ["-c", $"kill -{name} {process.Id}"]);

    /// <summary>SIGTERM; the exit code. It has kept to its memory until the end.</summary>
    public int Stop()
    {
        memory.Look(process.Id);
        Signal("TERM");
        while (!process.WaitForExit(20) && memory.Look(process.Id)) continue;
        memory.Assert();
        return WaitForExit();
    }

    public int WaitForExit()
    {
        Assert.True(process.WaitForExit(Patience), $"it did not end in {Patience.TotalSeconds} s\n{Log}");
        process.WaitForExit();
        return process.ExitCode;
    }

    /// <summary>As a crash: kill -9. It has kept to its memory until then.</summary>
    public void Kill()
    {
        memory.Look(process.Id);
        End();
        memory.Assert();
    }

    public void Dispose()
    {
        if (!process.HasExited) End();
        process.Dispose();
    }

    private void End()
    {
        process.Kill();
        process.WaitForExit();
    }

    private static long Committed(JsonElement status, string name) => Table(status, name) is { } table
        ? table.GetProperty("partitions").EnumerateArray().Sum(p => Math.Max(0, p.GetProperty("committed_offset").GetInt64())) : 0;

    private void Keep(string? line)
    {
        lock (log) log.AppendLine(line);
    }
}
