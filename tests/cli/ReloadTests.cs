using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Config;
using K2I.Cli.Logging;
using K2I.Cli.Running;

namespace K2I.Cli.Tests;

/// <summary>A supervised process that is asked to read its configuration again, by the command and by the signal.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly Harness harness = new();
    private readonly MemoryStream logged = new();
    private readonly FakeEngine engine = new(e => e.WaitForStop());
    private readonly string config;
    private Supervisor? supervisor;
    private Task<ExitCode>? run;

    public ReloadTests() => config = Write("");

    public void Dispose()
    {
        supervisor?.AskToStop("test");
        run?.Wait();
        harness.Dispose();
    }

    [Fact]
    public void TablesAndLogLevelChangeAndWhatNeedsARestartIsSaid()
    {
        using var log = Start();
        Write("[table.two]\ntopics = two\n[log]\nlevel = debug\n[wal]\nfile_size = 32MiB\n");
        var (code, output, error) = harness.Run("reload", "--config", config);
        Assert.True(code == ExitCode.Ok, error);
        Assert.Equal("added: events, two\nwait for a restart: [wal] file_size\n", output);
        Assert.Equal(["events", "two"], engine.Applied.Select(t => t.Name));
        Assert.Equal(LogLevel.Debug, log.Level);
        using var json = JsonDocument.Parse(harness.Run("reload", "--config", config, "--json").Out);
        Assert.True(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal("[wal] file_size", json.RootElement.GetProperty("need_restart")[0].GetString());
    }

    [Fact]
    public void HowTablesAreKeptChangesUnderWayButForTheMemory()
    {
        using var log = Start();
        Write("[maintenance]\nexpire_after = 2d\norphans = off\nmemory = 32MiB\n");
        var output = harness.Run("reload", "--config", config).Out;
        Assert.Contains("wait for a restart: [maintenance] memory\n", output, StringComparison.Ordinal);
        var kept = engine.Applied[0].Maintenance;
        Assert.Equal((172_800_000, null), (kept.Expiry!.MaxAgeMs, kept.Orphans));
    }

    [Fact]
    public void AWrongFileChangesNothingAndAllOfItIsSaid()
    {
        using var log = Start();
        Write("[table.two]\ntopcs = two\nmax_depth = no\n[log]\nlevel = debug\n");
        var (code, _, error) = harness.Run("reload", "--data-dir", harness.Folder);
        Assert.Equal(ExitCode.Invalid, code);
        Assert.Contains("unknown key 'topcs' in [table.two]; did you mean 'topics'?", error, StringComparison.Ordinal);
        Assert.Contains("[table.two] max_depth: expected a whole number, found 'no'", error, StringComparison.Ordinal);
        Assert.EndsWith("k2i: nothing was changed\n", error, StringComparison.Ordinal);
        Assert.True(engine.Applied.IsEmpty);
        Assert.Equal(LogLevel.Info, log.Level);
        // The command looks at its own file first.
        Assert.Equal(ExitCode.Invalid, harness.Run("reload", "--config", config).Code);
    }

    [Fact]
    public void TheSignalReadsTheFileToo()
    {
        using var log = Start();
        Write("[table.two]\ntopics = two\n");
        supervisor!.AskToReload();
        Assert.True(SpinWait.SpinUntil(() => engine.Applied.Length == 2, 30_000));
    }

    [Fact]
    public void StandardInputCannotBeReadAgain()
    {
        using var log = Start(canRead: false);
        var (code, _, error) = harness.Run("reload", "--data-dir", harness.Folder);
        Assert.Equal(ExitCode.Invalid, code);
        Assert.Contains("standard input", error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutAProcessNoRequestIsLeft()
    {
        var (code, _, error) = harness.Run("reload", "--config", config, "--wait", "100ms");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("has answered", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(harness.Folder, "reload", "request.json")));
    }

    [Fact]
    public void SecretsOfTheNewFileAreNotLogged()
    {
        using var log = Start();
        var secret = harness.File("secret", "hunter2-of-the-new-file");
        Write($"[table.two]\ntopics = ${{file:{secret}}}!\n");
        harness.Run("reload", "--data-dir", harness.Folder);
        log.Error("hunter2-of-the-new-file");
        var text = Encoding.UTF8.GetString(logged.ToArray());
        Assert.Contains("[table.two] topics", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
    }

    private string Write(string more) => harness.File("k2i.ini",
        Harness.Minimal + $"[engine]\ndata_dir = {harness.Folder}\n[http]\nlisten = off\n" + more);

    private LogWriter Start(bool canRead = true)
    {
        LoadedConfig Read() => LoadedConfig.Load(new ConfigSources(config, [], harness.Environment));
        var loaded = Read();
        var log = new LogWriter(LogLevel.Info, LineFormat.Text, new StreamSink(logged), loaded.Redactor, SystemClock.Instance);
        supervisor = new Supervisor(loaded.Options!, log, harness.Environment, _ => { }, new Reloader(loaded, canRead ? Read : null, log));
        run = Task.Run(() => supervisor.Run(() => engine));
        return log;
    }
}
