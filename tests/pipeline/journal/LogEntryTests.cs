using System.Text;
using K2I.Base;

namespace K2I.Pipeline.Tests;

/// <summary>State entries as the log keeps them.</summary>
public sealed class LogEntryTests
{
    private static readonly OffsetMap Map = OffsetMap.Empty.With("orders", "id", 3, new(42));

    private static readonly LoggedFlush.Range[] Ranges =
    [
        new("a", null, 1, new(0), new(0), false),
        new("orders", "id", 0, new(10), new(20), true),
        new("orders", "id", 10, new(5), new(9), false),
    ];

    private const string RangesText = """{"a":{"1":[0,0]},"orders":{"0":[10,20],"10":[5,9]}}""";

    /// <summary>Each kind's entry, and its fields as they are on disk.</summary>
    private static (LogEntry Entry, string Fields)[] All =>
    [
        (new LogEntry.RunStarted("t", "u", 7, Map, true),
            """ "table":"t","uuid":"u","epoch":7,"another":true,"offsets":{"orders":{"id":"id","partitions":{"3":42}}}"""),
        (new LogEntry.BufferSnapshot("f", 7, 31, Ranges), $$""" "flush":"f","epoch":7,"rows":31,"ranges":{{RangesText}},"begins":{"orders":[0]},"ids":{"orders":"id"}"""),
        (new LogEntry.DataFileWritten("f", "p", 1, 2, "ab", 3, [1, 2]), """ "flush":"f","path":"p","rows":1,"bytes":2,"sha256":"ab","spec":3,"description":"AQI=" """),
        (new LogEntry.CommitStarted("f", 2), """ "flush":"f","files":2"""),
        (new LogEntry.IcebergSnapshotCreated("f", new(long.MaxValue), 4), """ "flush":"f","icebergSnapshot":"9223372036854775807","sequence":4"""),
        (new LogEntry.OffsetCommit("orders", 3, new(42), new(77)), """ "topic":"orders","partition":3,"offset":42,"icebergSnapshot":"77" """),
        (new LogEntry.OffsetCommit("orders", 3, new(42), null), """ "topic":"orders","partition":3,"offset":42"""),
        (new LogEntry.FlushComplete("f", new(67_108_864)), """ "flush":"f","truncate":67108864"""),
        (new LogEntry.SchemaEvolution(2, ["a", "b.c"]), """ "schema":2,"columns":["a","b.c"]"""),
        (new LogEntry.MaintenanceTask("t", 1, "d"), """ "task":"t","files":1,"detail":"d" """),
        (new LogEntry.FlushAbandoned("f", "why"), """ "flush":"f","reason":"why" """),
        (new LogEntry.StartsDecided(Map), """ "offsets":{"orders":{"id":"id","partitions":{"3":42}}}"""),
    ];

    [Fact]
    public void EachKindIsWrittenAsItAlwaysWasAndReadBack()
    {
        foreach (var (entry, fields) in All)
        {
            var json = entry.ToJson(SystemClock.Instance);
            var text = Encoding.UTF8.GetString(json);
            var head = $$"""{"type":"{{entry.Kind}}","timestamp":"2026-01-08T10:30:00.000Z",""".Length;
            Assert.StartsWith($$"""{"type":"{{entry.Kind}}","timestamp":"20""", text, StringComparison.Ordinal);
            Assert.Equal(fields.Trim() + "}", text[head..]);
            var read = LogEntry.Read(entry.Kind, json)!;
            Assert.Equal(entry.GetType(), read.GetType());
            Assert.Equal(text[head..], Encoding.UTF8.GetString(read.ToJson(SystemClock.Instance))[head..]);
        }
    }

    [Fact]
    public void EveryKindButRecordsHasAnEntry() =>
        Assert.Equal(Enum.GetValues<LogEntryKind>().Where(k => k != LogEntryKind.Records), All.Select(a => a.Entry.Kind).Distinct().Order());

    [Fact]
    public void FieldsThatAreNotKnownArePassedOver() =>
        Assert.Equal(new LogEntry.CommitStarted("f", 2), LogEntry.Read(LogEntryKind.CommitStarted, """{"flush":"f","later":{},"files":2}"""u8));

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"flush":null,"files":2}""")]
    [InlineData("""{"flush":"f","files":"2"}""")]
    [InlineData("""{"flush":"f","files":2000000000000}""")]
    public void AnEntryThatIsNotWhatItsKindSaysIsCorrupt(string json) =>
        Assert.Equal(ErrorKind.Corrupt, Assert.Throws<EngineException>(() => LogEntry.Read(LogEntryKind.CommitStarted, Encoding.UTF8.GetBytes(json))).Kind);

    [Fact]
    public void AKindOfALaterReleaseIsPassedOver() => Assert.Null(LogEntry.Read((LogEntryKind)200, "anything"u8));
}
