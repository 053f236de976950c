using System.Text.Json;
using K2I.Base;
using K2I.Cli.Running;
using K2I.Pipeline;
using K2I.Serve;

namespace K2I.Cli.Tests;

public sealed class ResumeCommandTests : IDisposable
{
    private readonly Harness harness = new();

    public void Dispose() => harness.Dispose();

    private string Config(string more = "[http]\nlisten = off\n") => harness.File("k2i.ini", Harness.Minimal + $"[engine]\ndata_dir = {harness.Folder}\n{more}");

    [Fact]
    public void ARequestIsWrittenTakenAndGone()
    {
        var path = ResumeRequest.PathOf(harness.Folder, "events");
        var config = Config();
        ResumeRequest? taken = null;
        var pipeline = Task.Run(() =>
        {
            while (!File.Exists(path)) Thread.Sleep(1);
            taken = ResumeRequest.Parse(File.ReadAllBytes(path));
            File.Delete(path);
        });
        var (code, output, error) = harness.Run("resume", "events", "--accept", "topic-recreated", "--config", config, "--wait", "20s", "--json");
        pipeline.Wait();
        Assert.True(code == ExitCode.Ok, error);
        Assert.Equal(("events", PauseReason.TopicRecreated), (taken!.Table, taken.Accept!.Value));
        using var json = JsonDocument.Parse(output);
        Assert.Equal("taken", json.RootElement.GetProperty("outcome").GetString());
        Assert.Equal("topic-recreated", json.RootElement.GetProperty("accepted").GetString());
    }

    [Fact]
    public void ARequestThatNoOneTakesDoesNotStayBehind()
    {
        var (code, _, error) = harness.Run("resume", "events", "--config", Config(), "--wait", "200ms");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.Contains("was not resumed", error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.Combine(harness.Folder, "resume")));
    }

    [Theory]
    [InlineData("evnets", null, ExitCode.NotFound, "did you mean 'events'?")]
    [InlineData("../../etc/passwd", null, ExitCode.NotFound, "there are events")]
    [InlineData("\u001b[2J", null, ExitCode.NotFound, "there are events")]
    [InlineData("events", "topic-recreatd", ExitCode.Invalid, "did you mean 'topic-recreated'?")]
    [InlineData("events", "", ExitCode.Invalid, "it is one of")]
    [InlineData("events", "damaged-data", ExitCode.Invalid, "cannot be accepted")]
    public void UnknownTablesAndReasonsAreRefused(string table, string? reason, ExitCode expected, string hint)
    {
        string[] accept = reason is null ? [] : ["--accept", reason];
        var (code, _, error) = harness.Run(["resume", table, .. accept, "--config", Config(), "--wait", "50ms"]);
        Assert.Equal(expected, code);
        Assert.Contains(hint, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error);
        Assert.False(Directory.Exists(Path.Combine(harness.Folder, "resume")));
    }

    /// <summary>It runs again, and a moment later the first fetch shows that the offset is not there.</summary>
    [Fact]
    public void APauseThatComesAgainIsWaitedFor()
    {
        var engine = new FakeEngine(e => e.WaitForStop());
        var source = new EngineStatusSource(engine.Status, () => true, () => false);
        using var server = HttpServer.Start(new HttpOptions { Listen = new ListenAddress(System.Net.IPAddress.Loopback, 0) }, source, null, NullLog.Instance);
        var config = Config($"[http]\nlisten = 127.0.0.1:{server.Address!.Port}\n");
        var paused = engine.Table with { State = TableState.Paused, PauseReason = PauseReason.OffsetOutOfRange, Detail = "offset 3" };
        engine.Table = paused;
        var path = ResumeRequest.PathOf(harness.Folder, "events");
        var pipeline = Task.Run(() =>
        {
            while (!File.Exists(path)) Thread.Sleep(1);
            engine.Table = paused with { State = TableState.Running, PauseReason = null, Detail = "", Partitions = [new("t", 0, new(3), new(3), new(9), Fetched: false)] };
            File.Delete(path);
            Thread.Sleep(500);
            // Its partitions are given back before the pause is told.
            engine.Table = engine.Table with { Partitions = [] };
            Thread.Sleep(500);
            engine.Table = paused;
        });
        var (code, _, error) = harness.Run("resume", "events", "--config", config, "--wait", "60s");
        pipeline.Wait();
        Assert.Equal(ExitCode.Unhealthy, code);
        Assert.Contains("is paused again for offset-out-of-range: offset 3", error, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingTopicsAreShown()
    {
        var engine = new FakeEngine(e => e.WaitForStop());
        engine.Table = engine.Table with { MissingTopics = ["ordres"] };
        var source = new EngineStatusSource(engine.Status, () => true, () => false);
        using var server = HttpServer.Start(new HttpOptions { Listen = new ListenAddress(System.Net.IPAddress.Loopback, 0) }, source, null, NullLog.Instance);
        var (code, output, _) = harness.Run("status", "--url", server.Address!.ToString());
        Assert.Equal(ExitCode.Unhealthy, code);
        Assert.Contains("events: missing in Kafka: ordres\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void TheRunningProcessIsAskedFirst()
    {
        var engine = new FakeEngine(e => e.WaitForStop());
        var source = new EngineStatusSource(engine.Status, () => true, () => false);
        using var server = HttpServer.Start(new HttpOptions { Listen = new ListenAddress(System.Net.IPAddress.Loopback, 0) }, source, null, NullLog.Instance);
        var config = Config($"[http]\nlisten = 127.0.0.1:{server.Address!.Port}\n");
        var (code, output, _) = harness.Run("resume", "events", "--config", config);
        Assert.Equal((ExitCode.Ok, true), (code, output.Contains("is running, not paused", StringComparison.Ordinal)));

        engine.Table = engine.Table with { State = TableState.Paused, PauseReason = PauseReason.BadRecord, Detail = "orders[0] offset 5" };
        (code, _, var error) = harness.Run("resume", "events", "--accept", "topic-recreated", "--config", config);
        Assert.Equal(ExitCode.Invalid, code);
        Assert.Contains("is paused for bad-record, not for topic-recreated; k2i resume events --accept bad-record", error, StringComparison.Ordinal);
        Assert.Contains("paused for bad-record; to go on: k2i resume events --accept bad-record", harness.Run("status", "--url", server.Address!.ToString()).Out, StringComparison.Ordinal);

        engine.Table = engine.Table with { LastError = "cannot commit: the catalog is away" };
        output = harness.Run("status", "--url", server.Address!.ToString()).Out;
        Assert.Contains("events: orders[0] offset 5\nevents: last error: cannot commit: the catalog is away\n", output, StringComparison.Ordinal);

        var path = ResumeRequest.PathOf(harness.Folder, "events");
        var pipeline = Task.Run(() =>
        {
            while (!File.Exists(path)) Thread.Sleep(1);
            engine.Table = engine.Table with { State = TableState.Running, PauseReason = null, Detail = "" };
            File.Delete(path);
        });
        (code, output, error) = harness.Run("resume", "events", "--accept", "bad-record", "--config", config, "--wait", "20s");
        pipeline.Wait();
        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("is running", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("../x")]
    [InlineData("a..b")]
    [InlineData("A")]
    [InlineData("a\0b")]
    public void RequestsLieBelowTheirFolderOnly(string table) =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => ResumeRequest.PathOf(harness.Folder, table)).Kind);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"table":"a","id":"b","accept":"nonsense","requestedAtMs":1}""")]
    [InlineData("""{"table":"a","id":5,"requestedAtMs":1}""")]
    public void WhatIsNoRequestIsRefused(string text) =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => ResumeRequest.Parse(System.Text.Encoding.UTF8.GetBytes(text))).Kind);
}
