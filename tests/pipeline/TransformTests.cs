using System.Security.Cryptography;
using System.Text;
using K2I.Decode;

namespace K2I.Pipeline.Tests;

/// <summary>Tables whose columns are not their records' fields.</summary>
public sealed class TransformTests : IDisposable
{
    private const string Key = "0123456789abcdef";

    private readonly EngineFixture fixture = new();

    public TransformTests() => fixture.Broker.CreateTopic("events", 1);

    [Fact]
    public void InferredAndNewColumnsHaveTheTablesShape()
    {
        var options = fixture.Options(new TableOptions
        {
            Name = "events",
            Topics = ["events"],
            UnknownFields = UnknownFields.Evolve,
            PartitionBy = "day(at)",
            KafkaColumn = false,
            InferRecords = 1,
            KeyForm = KeyForm.String,
            Transforms = new()
            {
                Rename = "ts: at",
                Flatten = "user",
                Drop = "debug, user.secret",
                Mask = "user.mail: hash, user.phone: null",
                MaskKey = Key,
                Cast = "n: string",
            },
            Flush = new() { AgeMs = 200 },
        });
        fixture.Produce("events", 0, """{"ts":"2026-01-02T00:00:00Z","user":{"name":"Ann","mail":"a","secret":1},"n":5,"debug":[1]}""");
        using (var engine = fixture.Start(options))
        {
            engine.WaitFor("events", t => t.RowsCommitted == 1);
            fixture.Produce("events", 0, """{"user":{"city":"Rome","mail":"b","phone":"7","secret":{}},"debug":{"x":1},"key":1}""",
                """{"user_name":"Eve"}""");
            engine.WaitFor("events", t => t.Partitions is [{ CommittedOffset.Value: 3 }]);
        }
        Assert.Equal("at: timestamptz, user_name: string, user_mail: string, n: string, key: string, user_city: string, user_phone: string",
            ColumnText.Format(fixture.Load("default.events").Metadata.CurrentSchema.Fields));
        var rows = string.Join("\n", fixture.Rows("default.events"));
        foreach (var seen in (string[])["Ann", "Rome", "2026", Hash("a"), Hash("b")]) Assert.Contains(seen, rows, StringComparison.Ordinal);
        Assert.Contains("rename one", Assert.Single(fixture.DeadLetters("events")), StringComparison.Ordinal);
        // The same from the log and from Kafka, where there is nothing more to do.
        using var again = fixture.Start(options);
        fixture.Produce("events", 0, """{"user":{"name":"Bob"}}""");
        again.WaitFor("events", t => t.RowsCommitted == 1);
    }

    [Fact]
    public void TextIsOneColumnAndWhatIsNoneIsADeadLetter()
    {
        fixture.Produce("events", 0, "é, or anything", "");
        using var engine = fixture.Start(fixture.Options(new TableOptions
        {
            Name = "events",
            Topics = ["events"],
            Format = RecordFormat.String,
            Flush = new() { AgeMs = 200 },
        }));
        engine.WaitFor("events", t => t.RowsCommitted == 2);
        Assert.Equal("value: string",
            ColumnText.Format(fixture.Load("default.events").Metadata.CurrentSchema.Fields.Where(f => f.Name != "_kafka")));
        Assert.Contains("é, or anything", string.Join("\n", fixture.Rows("default.events")), StringComparison.Ordinal);
    }

    public void Dispose() => fixture.Dispose();

    private static string Hash(string value) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(value)));
}
