using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Config;
using K2I.Cli.Logging;

namespace K2I.Cli.Tests;

public sealed class LogWriterTests
{
    private readonly ListSink sink = new();
    private readonly Redactor redactor = new();

    [Fact]
    public void TextLinesAreAlignedAndQuoted()
    {
        using var log = Open(LineFormat.Text);
        log.Info("flushed", ("table", "events"), ("rows", 10), ("bytes", 1L << 40), ("ratio", 1.5), ("ok", true), ("why", "it's late"), ("none", null), ("empty", ""));
        log.Error("bad\nthing \u001b[31m", ("name", "a\"b\\c\n"));
        Assert.Equal("2026-01-02T03:04:05.678Z INFO  flushed  table=events rows=10 bytes=1099511627776 ratio=1.5 ok=true why=\"it's late\" none=- empty=\"\"\n", sink.Lines[0]);
        Assert.Equal("2026-01-02T03:04:05.678Z ERROR bad\\nthing \\u001b[31m  name=\"a\\\"b\\\\c\\n\"\n", sink.Lines[1]);
    }

    [Fact]
    public void JsonLinesParseWhateverTheyHold()
    {
        using var log = Open(LineFormat.Json);
        log.Warn("what\n\"ever\" 🦉", ("s", "a\u0001\"\\\n"), ("l", long.MinValue), ("i", 1), ("d", 0.5), ("nan", double.NaN), ("b", false), ("n", null), ("e", LogLevel.Warn), ("g", Guid.Empty));
        var line = Assert.Single(sink.Lines);
        Assert.Equal(line.Length - 1, line.IndexOf('\n'));
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        Assert.Equal("2026-01-02T03:04:05.678Z", root.GetProperty("time").GetString());
        Assert.Equal("warn", root.GetProperty("level").GetString());
        Assert.Equal("what\n\"ever\" 🦉", root.GetProperty("message").GetString());
        Assert.Equal("a\u0001\"\\\n", root.GetProperty("s").GetString());
        Assert.Equal(long.MinValue, root.GetProperty("l").GetInt64());
        Assert.Equal(0.5, root.GetProperty("d").GetDouble());
        Assert.Equal("NaN", root.GetProperty("nan").GetString());
        Assert.False(root.GetProperty("b").GetBoolean());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("n").ValueKind);
        Assert.Equal("Warn", root.GetProperty("e").GetString());
    }

    [Theory]
    [InlineData(LogLevel.Debug, 4)]
    [InlineData(LogLevel.Warn, 2)]
    [InlineData(LogLevel.Error, 1)]
    public void LowerLevelsAreLeftOut(LogLevel level, int lines)
    {
        using var log = new LogWriter(level, LineFormat.Text, sink, redactor, new FakeClock(1767323045678));
        log.Debug("d");
        log.Info("i");
        log.Warn("w");
        log.Error("e");
        Assert.Equal(lines, sink.Lines.Count);
    }

    [Fact]
    public void KnownSecretsNeverAppear()
    {
        redactor.Add("pa\"ss\\word");
        redactor.Add("abc");
        foreach (var format in Enum.GetValues<LineFormat>())
        {
            using var log = Open(format);
            log.Info("login with pa\"ss\\word", ("value", "xpa\"ss\\wordx"), ("error", new InvalidOperationException("pa\"ss\\word")), ("url", "s3://user:key@host/x"), ("short", "abc"));
        }
        foreach (var line in sink.Lines)
        {
            Assert.DoesNotContain("ss\\", line, StringComparison.Ordinal);
            Assert.DoesNotContain("user:key", line, StringComparison.Ordinal);
            Assert.Contains("s3://***@host/x", line, StringComparison.Ordinal);
            Assert.Contains("abc", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void JournalLinesCarryThePriority()
    {
        using var log = Open(LineFormat.Journal);
        log.Debug("d");
        log.Error("e");
        Assert.Equal(["<7>d\n", "<3>e\n"], sink.Lines);
    }

    [Fact]
    public void ColoursAreClosed()
    {
        using var log = Open(LineFormat.Colour);
        log.Info("m", ("k", 1));
        Assert.Equal("\u001b[2m03:04:05.678\u001b[0m \u001b[32mINFO\u001b[0m  m  \u001b[2mk=\u001b[0m1\n", Assert.Single(sink.Lines));
    }

    [Fact]
    public void LinesOfManyThreadsDoNotMix()
    {
        using var log = Open(LineFormat.Json);
        var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            for (var i = 0; i < 500; i++) log.Info("line", ("thread", t), ("i", i), ("text", new string((char)('a' + t), 50)));
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal(4_000, sink.Lines.Count);
        foreach (var line in sink.Lines)
        {
            using var json = JsonDocument.Parse(line);
            Assert.Equal(new string((char)('a' + json.RootElement.GetProperty("thread").GetInt32()), 50), json.RootElement.GetProperty("text").GetString());
        }
    }

    [Fact]
    public void PlainLinesAllocateNothing()
    {
        using var log = new LogWriter(LogLevel.Info, LineFormat.Text, new NoSink(), redactor, new FakeClock(1767323045678));
        object rows = 10L;
        LogField[] fields = [new("table", "events"), new("rows", rows)];
        for (var i = 0; i < 100; i++) log.Write(LogLevel.Info, "flushed", fields);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) log.Write(LogLevel.Info, "flushed", fields);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000);
    }

    [Fact]
    public void AFullFileIsSetAsideAndTheOldestGoes()
    {
        using var harness = new Harness();
        var path = Path.Combine(harness.Folder, "logs", "k2i.log");
        using (var file = new FileSink(path, limit: 100, keep: 2, sink))
            for (var i = 0; i < 10; i++) file.Write(Encoding.ASCII.GetBytes($"line {i} {new string('x', 40)}\n"));
        Assert.Equal(["k2i.log", "k2i.log.1", "k2i.log.2"], Directory.GetFiles(Path.GetDirectoryName(path)!).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal(["line 4", "line 5", "line 6", "line 7", "line 8", "line 9"], new[] { ".2", ".1", "" }.SelectMany(s => File.ReadAllLines(path + s)).Select(l => l[..6]));
        Assert.Empty(sink.Lines);
    }

    [Fact]
    public void AFileThatCannotBeOpenedIsNamed()
    {
        var error = Assert.Throws<EngineException>(() => new FileSink("/proc/nope/k2i.log", 100, 1, sink));
        Assert.StartsWith("log file /proc/nope/k2i.log: ", error.Message, StringComparison.Ordinal);
    }

    private LogWriter Open(LineFormat format) => new(LogLevel.Debug, format, sink, redactor, new FakeClock(1767323045678));

    private sealed class NoSink : ILogSink
    {
        public void Write(ReadOnlySpan<byte> line)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class ListSink : ILogSink
    {
        public List<string> Lines { get; } = [];

        public void Write(ReadOnlySpan<byte> line) => Lines.Add(Encoding.UTF8.GetString(line));

        public void Dispose()
        {
        }
    }
}
