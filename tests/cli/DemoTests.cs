namespace K2I.Cli.Tests;

/// <summary><c>k2i demo</c>: an embedded broker, and events of each format.</summary>
public sealed class DemoTests : IDisposable
{
    private const int Records = 3_000;

    private readonly Harness harness = new();

    [Fact]
    public void EventsAreTheSameRowsInEachFormatAndASchemaThatChangesAddsItsColumn()
    {
        const string columns = "event_id,user_id,event_type,country,session_id,mobile,page";
        var json = Rows("json", columns);
        Assert.Equal(Records, json.Length);
        Assert.Equal(Records, json.Distinct(StringComparer.Ordinal).Count());
        foreach (var format in (string[])["avro", "protobuf"])
        {
            Assert.Equal(json, Rows(format, columns));
            Assert.Equal(Records / 2, Read(format, "campaign").Count(c => c.StartsWith("c-", StringComparison.Ordinal)));
        }
        Assert.Equal(Read("json", "event_id,amount"), Read("avro", "event_id,amount"));
    }

    public void Dispose() => harness.Dispose();

    private string[] Rows(string format, string columns)
    {
        var (code, output, error) = harness.Run("demo", "--dir", Folder(format), "--records", $"{Records}", "--format", format);
        Assert.True(code == ExitCode.Ok, output + error);
        return Read(format, columns);
    }

    private string[] Read(string format, string columns)
    {
        var (code, output, error) = harness.Run("tables", "read", "events", "-w", Path.Combine(Folder(format), "warehouse"), "--columns",
            columns, "--format", "csv", "--limit", "0");
        Assert.True(code == ExitCode.Ok, output + error);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Order(StringComparer.Ordinal)];
    }

    private string Folder(string format) => Path.Combine(harness.Folder, format);
}
