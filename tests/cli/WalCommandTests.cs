using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Memory;
using K2I.Pipeline;
using K2I.Wal;

namespace K2I.Cli.Tests;

public sealed class WalCommandTests : IDisposable
{
    private readonly Harness harness = new();

    public void Dispose() => harness.Dispose();

    [Fact]
    public void EntriesPrintAsOneObjectALine()
    {
        Append(0, "events", (LogEntryKind.RunStarted, """{"table":"events"}"""), (LogEntryKind.OffsetCommit, """{"type":"OffsetCommit","timestamp":"2026-01-08T10:30:00.000Z","topic":"orders","partition":0,"offset":42000,"icebergSnapshot":"77"}"""), (LogEntryKind.FlushComplete, """{"flush":"f"}"""));
        var (code, output, error) = harness.Run("wal", "inspect", "--data-dir", harness.Folder, "--json");
        Assert.True(code == ExitCode.Ok, error);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var first = JsonDocument.Parse(lines[1]);
        Assert.Equal("OffsetCommit 0 events orders 0 42000 77 2026-01-08T10:30:00.000Z",
            string.Join(' ', new[] { "type", "lane", "table", "topic", "partition", "offset", "icebergSnapshot",
            "timestamp" }.Select(n => first.RootElement.GetProperty(n).ToString())));
        Assert.Equal(LogEntryText.StreamOf("events").ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
            first.RootElement.GetProperty("stream").GetString());
        var position = JsonDocument.Parse(lines[2]).RootElement.GetProperty("position").GetInt64();
        Assert.True(position > first.RootElement.GetProperty("position").GetInt64());
        Assert.Single(harness.Run("wal", "inspect", "--data-dir", harness.Folder, "--json", "--from", $"{position}").Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void TheSummaryCountsEntriesOfEachTable()
    {
        Append(0, "events", (LogEntryKind.FlushComplete, "{}"), (LogEntryKind.FlushComplete, "{}"));
        Append(0, "shop.orders", (LogEntryKind.RunStarted, """{"table":"shop.orders"}"""));
        Append(1, "events", (LogEntryKind.RunStarted, """{"table":"events"}"""));
        var config = harness.File("k2i.ini", Harness.Minimal + $"[engine]\ndata_dir = {harness.Folder}\n");
        var (code, output, _) = harness.Run("wal", "inspect", "--config", config);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("lane-0: ", output, StringComparison.Ordinal);
        Assert.Contains("lane-1: ", output, StringComparison.Ordinal);
        Assert.Matches("events +FlushComplete +2 ", output);
        Assert.Matches("shop.orders +RunStarted +1 ", output);
        Assert.DoesNotContain("shop.orders", harness.Run("wal", "inspect", "--config", config, "--table", "events").Out, StringComparison.Ordinal);
    }

    [Fact]
    public void VerifyTellsASoundLogFromADamagedOne()
    {
        Append(0, "events", [.. Enumerable.Range(0, 50).Select(i => (LogEntryKind.FlushComplete, $"{{\"flush\":\"{i}\"}}"))]);
        var (code, output, _) = harness.Run("wal", "verify", "--data-dir", harness.Folder);
        Assert.Equal(ExitCode.Ok, code);
        Assert.StartsWith("ok  lane-0: 51 frames", output, StringComparison.Ordinal);

        var file = Directory.GetFiles(Path.Combine(harness.Folder, "wal",
            "lane-0")).Order(StringComparer.Ordinal).First(f => Encoding.Latin1.GetString(File.ReadAllBytes(f)).Contains("\"20\"",
            StringComparison.Ordinal));
        var bytes = File.ReadAllBytes(file);
        bytes[Encoding.Latin1.GetString(bytes).IndexOf("\"20\"", StringComparison.Ordinal)] ^= 1;
        File.WriteAllBytes(file, bytes);
        (code, output, _) = harness.Run("wal", "verify", "--data-dir", harness.Folder);
        Assert.Equal(ExitCode.Failed, code);
        Assert.StartsWith("DAMAGED  lane-0: 20 frames", output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(harness.Run("wal", "verify", "--data-dir", harness.Folder, "--json").Out);
        Assert.False(json.RootElement.GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void AnEntryThatSaysNothingIsDamageToo()
    {
        Append(0, "events", (LogEntryKind.FlushComplete, "not json"));
        Assert.Equal(ExitCode.Failed, harness.Run("wal", "verify", "--data-dir", harness.Folder).Code);
    }

    [Fact]
    public void AStreamWhoseNameIsInNoLogShowsItself()
    {
        Append(0, "events", (LogEntryKind.FlushComplete, """{"flush":"f"}"""));
        var (_, output, _) = harness.Run("wal", "inspect", "--data-dir", harness.Folder, "--json");
        Assert.DoesNotContain("\"table\"", output, StringComparison.Ordinal);
        Assert.Contains(LogEntryText.StreamOf("events").ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
            harness.Run("wal", "inspect", "--data-dir", harness.Folder).Out, StringComparison.Ordinal);
        // Who asks for it knows its name.
        Assert.Contains("\"table\":\"events\"", harness.Run("wal", "inspect", "--data-dir", harness.Folder, "--json", "--table",
            "events").Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("/etc")]
    [InlineData("evnts")]
    [InlineData("")]
    [InlineData("\u001b[2J")]
    public void OtherNamesAreNotLookedFor(string table)
    {
        Append(0, "events", (LogEntryKind.RunStarted, """{"table":"events"}"""));
        var (code, _, error) = harness.Run("wal", "inspect", "--data-dir", harness.Folder, "--table", table);
        Assert.Equal(ExitCode.NotFound, code);
        Assert.DoesNotContain('\u001b', error);
        if (table == "evnts") Assert.Contains("did you mean 'events'?", error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutALogThereIsNothingToShow() => Assert.Equal(ExitCode.NotFound, harness.Run("wal", "verify", "--data-dir", harness.Folder).Code);

    /// <summary>Opens, appends and closes a log: the closing is a frame of its own.</summary>
    private void Append(int lane, string table, params (LogEntryKind Kind, string Json)[] entries)
    {
        using var wal = WriteAheadLog.Open(LocalFileSystem.Instance, Path.Combine(harness.Folder, "wal", $"lane-{lane}"),
            new WalOptions { FileBytes = 1 << 20 }, NullLog.Instance, SystemClock.Instance);
        foreach (var (kind, json) in entries)
            while (!wal.TryAppend((byte)kind, LogEntryText.StreamOf(table), Encoding.UTF8.GetBytes(json), out _)) wal.SyncStep(10);
        while (wal.SyncedPosition < wal.AppendedPosition) wal.SyncStep(10);
    }
}
