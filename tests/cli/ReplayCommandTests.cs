using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Parquet;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Tests;

public sealed class ReplayCommandTests : IDisposable
{
    private readonly Harness harness = new();
    private readonly EmbeddedBroker broker = new(NullLog.Instance);
    private readonly string config;

    public ReplayCommandTests()
    {
        broker.CreateTopic("orders", 2);
        config = harness.File("k2i.ini", $"[kafka]\nbrokers = {broker.BootstrapServers}\n[iceberg]\nwarehouse = {harness.Folder}/w\n[engine]\ndata_dir = {harness.Folder}/data\n[table.events]\ntopics = orders\n");
        Directory.CreateDirectory(harness.Folder + "/w");
    }

    public void Dispose()
    {
        broker.Dispose();
        harness.Dispose();
    }

    [Fact]
    public void LettersGoBackOnceHoweverOftenItRuns()
    {
        WriteLetters((0, 5, "bad-5"), (1, 7, "bad-7"), (1, 9, null));
        Assert.Contains("3 would be replayed", Replay("--dry-run").Out, StringComparison.Ordinal);
        Assert.Equal("3 dead letters of events: 3 replayed\n", Replay().Out);
        Assert.Equal("3 dead letters of events: 0 replayed, 3 were before\n", Replay().Out);
        Assert.Equal(["0 k bad-5 a=1 k2i.replay-of=orders/0/5", "1 k - a=1 k2i.replay-of=orders/1/9", "1 k bad-7 a=1 k2i.replay-of=orders/1/7"], Records(3));
        using var json = JsonDocument.Parse(Replay("--again", "--json", "--filter", "offset = 7").Out);
        Assert.Equal((1, 1), (json.RootElement.GetProperty("letters").GetInt32(), json.RootElement.GetProperty("replayed").GetInt32()));
        Assert.Equal(4, Records(4).Length);
    }

    [Fact]
    public void CorrectedLettersAreReplayedInTheirStead()
    {
        WriteLetters((0, 5, "{\"id\":nope}"), (0, 6, "other"));
        var file = Path.Combine(harness.Folder, "letters.jsonl");
        Assert.Equal(ExitCode.Ok, Replay("--export", file, "--filter", "offset = 5").Code);
        File.WriteAllText(file, File.ReadAllText(file).Replace("nope", "1", StringComparison.Ordinal));
        Assert.Equal("1 dead letters of events: 1 replayed\n", Replay("--import", file).Out);
        Assert.Equal(["0 k {\"id\":1} a=1 k2i.replay-of=orders/0/5"], Records(1));
        Assert.Equal("2 dead letters of events: 1 replayed, 1 were before\n", Replay().Out);
    }

    [Fact]
    public void WhatIsNoLetterOfTheTableIsNotProduced()
    {
        WriteLetters((0, 5, "x"));
        var foreign = harness.File("f.jsonl", """{"topic":"payments","partition":0,"offset":5,"value_text":"x"}""" + "\n" + """{"topic":"orders","partition":0,"offset":5,"value_text":"x"}""");
        var (code, _, error) = Replay("--import", foreign);
        Assert.Equal(ExitCode.Invalid, code);
        Assert.Contains("payments/0/5", error, StringComparison.Ordinal);
        Assert.Equal("1 dead letters of events: 1 would be replayed\n", Replay("--dry-run").Out);
        Assert.Equal(ExitCode.Invalid, Replay("--import", harness.File("g.jsonl", "{\"topic\":1}")).Code);
    }

    [Fact]
    public void AReplayThatBrokeOffLeavesADoubtAndNoDouble()
    {
        WriteLetters((0, 5, "x"), (0, 6, "y"));
        Directory.CreateDirectory(harness.Folder + "/data/replay");
        // The last line was being written when the machine stopped.
        File.WriteAllText(harness.Folder + "/data/replay/events.jsonl", "{\"started\":[[\"orders\",\"id-1\",0,5]]}\n{\"done\":[[\"ord");
        var (code, output, error) = Replay();
        Assert.Equal((ExitCode.Ok, "2 dead letters of events: 1 replayed\n"), (code, output));
        Assert.Contains("1 may have arrived", error, StringComparison.Ordinal);
        Assert.Equal("2 dead letters of events: 1 replayed, 1 were before\n", Replay("--in-doubt").Out);
        Assert.Equal(["0 k x a=1 k2i.replay-of=orders/0/5", "0 k y a=1 k2i.replay-of=orders/0/6"], Records(2));
    }

    [Theory]
    [InlineData("evnts", "did you mean 'events'?")]
    [InlineData("../../etc", "there is no [table.../../etc]")]
    [InlineData("events", "no record of events became a dead letter so far")]
    public void UnknownTablesAreRefused(string table, string hint)
    {
        var (code, _, error) = harness.Run("replay", "--dead-letters", table, "--config", config);
        Assert.Equal(ExitCode.NotFound, code);
        Assert.Contains(hint, error, StringComparison.Ordinal);
    }

    private (ExitCode Code, string Out, string Error) Replay(params string[] more) => harness.Run(["replay", "--dead-letters", "events", "--config", config, .. more]);

    /// <summary>A table of dead letters as the engine writes it.</summary>
    private void WriteLetters(params (int Partition, long Offset, string? Value)[] letters)
    {
        var store = new LocalStore(harness.Folder + "/w");
        var catalog = new FileCatalog(store, store.Root);
        var table = catalog.Create(DeadLetterTable.IdentFor(TableIdent.Parse("default.events")), new TableCreation { Schema = FieldIds.NewSchema(DeadLetterTable.Columns) });
        using var rows = BatchBuilder.ForScratch(table.Metadata.CurrentSchema, 1 << 20);
        var columns = Enumerable.Range(0, rows.ColumnCount).Select(rows.Column).ToDictionary(c => c.Field.Name);
        foreach (var (partition, offset, value) in letters)
        {
            columns[DeadLetterTable.Topic].AppendBytes("orders"u8);
            columns[DeadLetterTable.TopicId].AppendBytes("id-1"u8);
            columns[DeadLetterTable.Partition].AppendInt(partition);
            columns[DeadLetterTable.Offset].AppendLong(offset);
            columns[DeadLetterTable.Error].AppendBytes("InvalidJson"u8);
            columns[DeadLetterTable.Key].AppendBytes("k"u8);
            if (value is not null) columns[DeadLetterTable.Value].AppendBytes(Encoding.UTF8.GetBytes(value));
            var header = columns[DeadLetterTable.Headers].Child(0);
            header.Child(0).AppendBytes("a"u8);
            header.Child(1).AppendBytes("1"u8);
            header.EndStruct();
            columns[DeadLetterTable.Headers].EndList();
            columns[DeadLetterTable.FailedAt].AppendLong(0);
            Assert.Null(rows.FillMissing());
            Assert.True(rows.EndRow());
        }
        var location = new DataFileBuilder(table.Metadata).LocationFor(PartitionSpec.Unpartitioned, PartitionTuple.Empty, "letters.parquet");
        using var target = store.Create(location);
        using var writer = new ParquetWriter(table.Metadata.CurrentSchema, ParquetOptions.Default, new ObjectSink(target));
        writer.Write(rows.View(), 0, rows.Rows);
        var result = writer.Finish();
        target.Complete();
        new TableCommitter(catalog, store).Commit(table.Ident, new AppendFiles { Files = [new DataFileBuilder(table.Metadata).Build(location, result, 0, PartitionTuple.Empty)] });
    }

    /// <summary>What stands in the topic, sorted.</summary>
    private string[] Records(int count)
    {
        using var reader = new Reader(broker.BootstrapServers);
        return [.. reader.Read(count).Order(StringComparer.Ordinal)];
    }

    private sealed class Reader : IRecordHandler, IConsumerListener, IDisposable
    {
        private readonly List<string> records = [];
        private readonly KafkaConsumer consumer;

        public Reader(string brokers) => consumer = new(new ConsumerOptions { Client = new() { Brokers = brokers, Properties = EmbeddedBroker.ConsumerProperties }, Group = Guid.NewGuid().ToString(), Topics = ["orders"] }, this, NullLog.Instance);

        public List<string> Read(int count)
        {
            var deadline = Environment.TickCount64 + 30_000;
            while (records.Count < count && Environment.TickCount64 < deadline) consumer.Poll(100, 1_000, this);
            consumer.Poll(100, 1_000, this);
            return records;
        }

        public void OnRecord(in KafkaRecord record)
        {
            var text = new StringBuilder($"{record.Partition} {Encoding.UTF8.GetString(record.Key)} {(record.IsTombstone ? "-" : Encoding.UTF8.GetString(record.Value))}");
            foreach (var header in record.Headers) text.Append($" {Encoding.UTF8.GetString(header.Name)}={Encoding.UTF8.GetString(header.Value)}");
            records.Add(text.ToString());
        }

        public void OnPartitionEnd(int topicId, int partition, Offset nextOffset)
        {
        }

        public void OnAssigned(ReadOnlySpan<TopicPartition> partitions)
        {
            foreach (var (topic, partition) in partitions) consumer.Start([new(topic, partition, Offset.Beginning)]);
        }

        public void OnRevoked(ReadOnlySpan<TopicPartition> partitions)
        {
        }

        public void OnLost(ReadOnlySpan<TopicPartition> partitions)
        {
        }

        public void OnProblem(in KafkaProblem problem)
        {
        }

        public void Dispose() => consumer.Dispose();
    }
}
