using System.Text.Json;
using K2I.Kafka.Tests;

namespace K2I.EndToEnd.Tests;

/// <summary>Records become rows, each once and with every value, whatever way they come in.</summary>
[Collection(SharedBroker.Collection)]
public sealed class IngestTests(SharedBroker broker) : IDisposable
{
    private readonly Workspace workspace = new();

    private RealKafka Kafka => broker.Kafka;

    public void Dispose() => workspace.Dispose();

    [IngestFact]
    public void EveryValueOfEveryRecordIsInTheTable()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("plain", 3);
        var records = source.Send(topic, 3, SampleEvents.Make(seed: 2, count: 3_000));
        Scenario.RunUntilCommitted(workspace, Scenario.Config(workspace, Kafka.Brokers, topic), "events", records);
        Scenario.Judge(workspace.Table("events"), records);
        Scenario.JudgeDataFiles(workspace.Table("events"), records);
    }

    [IngestFact]
    public void ATableOfFormatVersion3HoldsEveryValueToo()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("third", 2);
        var records = source.Send(topic, 2, SampleEvents.Make(seed: 17, count: 500));
        var config = Scenario.Config(workspace, Kafka.Brokers, topic).Replace("[iceberg]", "[iceberg]\nformat_version = 3", StringComparison.Ordinal);
        Scenario.RunUntilCommitted(workspace, config, "events", records);
        Scenario.Judge(workspace.Table("events"), records);
        var (exit, output, errors) = Tool.Run(Needs.Binary, ["tables", "check", "events", "--deep", "--warehouse", workspace.Warehouse]);
        Assert.True(exit == 0, output + errors);
    }

    [IngestTheory]
    [InlineData("PLAIN")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    public void ReadsWithALogin(string mechanism)
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("login", 1);
        var records = source.Send(topic, 1, SampleEvents.Make(seed: 3, count: 100));
        var login = $"""
            security.protocol = sasl_plaintext
            sasl.mechanism = {mechanism}
            sasl.username = {RealKafka.User}
            sasl.password = {RealKafka.Password}
            """;
        Scenario.RunUntilCommitted(workspace, Scenario.Config(workspace, Kafka.Address("sasl"), topic, kafka: login), "events", records);
        Scenario.Judge(workspace.Table("events"), records);
    }

    [IngestFact]
    public void ReadsOverTlsWithAClientCertificate()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("tls", 1);
        var records = source.Send(topic, 1, SampleEvents.Make(seed: 4, count: 100));
        var tls = $"""
            security.protocol = ssl
            ssl.ca.location = {Kafka.Tls("ca.pem")}
            ssl.certificate.location = {Kafka.Tls("client.crt")}
            ssl.key.location = {Kafka.Tls("client.key")}
            """;
        Scenario.RunUntilCommitted(workspace, Scenario.Config(workspace, Kafka.Address("tls"), topic, kafka: tls), "events", records);
        Scenario.Judge(workspace.Table("events"), records);
    }

    [IngestFact]
    public void RowsSpreadOverIcebergPartitions()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("spread", 2);
        var records = source.Send(topic, 2, SampleEvents.Make(seed: 5, count: 400));
        var config = Scenario.Config(workspace, Kafka.Brokers, topic, table: "partition_by = year(seen), bucket(4, id), truncate(2, name)");
        Scenario.RunUntilCommitted(workspace, config, "events", records);
        Scenario.Judge(workspace.Table("events"), records);
    }

    [IngestFact]
    public void RowsSpreadOverDays()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("days", 1);
        var records = source.Send(topic, 1, SampleEvents.Make(seed: 13, count: 40));
        Scenario.RunUntilCommitted(workspace, Scenario.Config(workspace, Kafka.Brokers, topic, table: "partition_by = day(seen)"), "events", records);
        Scenario.Judge(workspace.Table("events"), records);
    }

    [IngestFact]
    public void ReadingStartsAtATime()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("since", 2);
        source.Send(topic, 2, SampleEvents.Make(seed: 14, count: 50));
        var later = source.Send(topic, 2, SampleEvents.Make(seed: 15, count: 30, firstId: 50));
        var config = Scenario.Config(workspace, Kafka.Brokers, topic, table: $"start = {Source.Epoch.AddMilliseconds(50):yyyy-MM-ddTHH:mm:ss.fffZ}");
        Scenario.RunUntilCommitted(workspace, config, "events", later);
        Scenario.Judge(workspace.Table("events"), later);
    }

    [IngestFact]
    public void ValidationTellsWhatIsReachable()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("checked", 1);
        var good = workspace.File("good.ini", Scenario.Config(workspace, Kafka.Brokers, topic));
        var result = Tool.Run(Needs.Binary, ["validate", "--connect", "--config", good], folder: workspace.Folder).Expect(0);
        Assert.Contains(topic, result.Output, StringComparison.Ordinal);
        var away = workspace.File("away.ini", Scenario.Config(workspace, "127.0.0.1:1", topic));
        Tool.Run(Needs.Binary, ["validate", "--connect", "--config", away], folder: workspace.Folder).Expect(3);
    }

    [IngestFact]
    public void TablesOfOneProcessDoNotMix()
    {
        using var source = new Source(Kafka.Brokers);
        var (first, second) = (source.NewTopic("first", 2), source.NewTopic("second", 1));
        var inFirst = source.Send(first, 2, SampleEvents.Make(seed: 6, count: 500));
        var inSecond = source.Send(second, 1, SampleEvents.Make(seed: 7, count: 300));
        var config = Scenario.Config(workspace, Kafka.Brokers, first) + $"""

            [table.side.others]
            topics = {second}
            columns = '{SampleEvents.Columns}'
            partition_by = bucket(2, id)
            """;
        using (var ingest = Ingest.Start(workspace, config))
        {
            ingest.WaitForOffsets("events", Scenario.TotalOffsets(inFirst));
            ingest.WaitForOffsets("others", Scenario.TotalOffsets(inSecond));
            Assert.Equal(0, ingest.Stop());
        }

        Scenario.Judge(workspace.Table("events"), inFirst);
        Scenario.Judge(workspace.Table("side.others"), inSecond);
    }

    [IngestFact]
    public void BadRecordsCostNoneOfTheirNeighbours()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("bad", 1);
        List<Produced> records = [.. source.Send(topic, 1, SampleEvents.Make(seed: 8, count: 50))];
        records.Add(source.SendBad(topic, 0, "{\"id\": 1"u8.ToArray()));
        records.Add(source.SendBad(topic, 0, "{\"id\": \"not a number\"}"u8.ToArray()));
        records.AddRange(source.Send(topic, 1, SampleEvents.Make(seed: 9, count: 50, firstId: 50)));
        records.Add(source.SendBad(topic, 0, [0xff, 0xfe, 0x00]));
        records.Add(source.SendBad(topic, 0, "{\"flag\": true}"u8.ToArray()));
        records.Add(source.SendBad(topic, 0, "{\"id\": 9, \"small\": 99999999999}"u8.ToArray()));
        records.Add(source.SendBad(topic, 0, "{\"id\": 9, \"id\": 10}"u8.ToArray()));
        records.AddRange(source.Send(topic, 1, SampleEvents.Make(seed: 10, count: 50, firstId: 100)));

        Scenario.RunUntilCommitted(workspace, Scenario.Config(workspace, Kafka.Brokers, topic), "events", records);
        Scenario.Judge(workspace.Table("events"), records);

        DeadLetters.AssertHold(workspace.Table("events_dead_letters"), records);
        Judges.CheckWithOrphans(workspace.Table("events_dead_letters"));
    }

    [IngestFact]
    public void AnIdleTopicIsCommittedByAge()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("idle", 1);
        using var ingest = Ingest.Start(workspace, Scenario.Config(workspace, Kafka.Brokers, topic, interval: "2s"));
        ingest.WaitForState("events", "running");
        var records = source.Send(topic, 1, SampleEvents.Make(seed: 11, count: 3));
        ingest.WaitForOffsets("events", 3);
        Assert.Equal(0, ingest.Stop());
        Scenario.Judge(workspace.Table("events"), records);
    }

    [IngestFact]
    public void ColumnsAreInferredWhenNothingDeclaresThem()
    {
        using var source = new Source(Kafka.Brokers);
        var topic = source.NewTopic("infer", 1);
        var records = source.Send(topic, 1, Enumerable.Range(0, 200).Select(i => new SampleEvent(
            i, $$"""{"n":{{i}},"s":"t{{i}}","o":{"b":{{(i % 2 == 0 ? "true" : "false")}}},"l":[1.5]}""", JsonDocument.Parse("{}").RootElement)));
        var config = Scenario.Config(workspace, Kafka.Brokers, topic).Replace($"columns = '{SampleEvents.Columns}'", "infer_records = 100", StringComparison.Ordinal);
        Scenario.RunUntilCommitted(workspace, config, "events", records);
        var table = workspace.Table("events");
        Judges.CheckWithOrphans(table);
        Judges.EveryOffsetOnce(table, Produced.Ranges(records));
        Assert.All(Judges.Rows(Reader.IcebergJava, table), row =>
        {
            var i = row.GetProperty("n").GetInt64();
            Assert.Equal($"t{i}", row.GetProperty("s").GetString());
            Assert.Equal(i % 2 == 0, row.GetProperty("o").GetProperty("b").GetBoolean());
            Assert.Equal(1.5, row.GetProperty("l")[0].GetDouble());
        });
    }
}
