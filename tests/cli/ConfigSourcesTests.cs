using K2I.Base;
using K2I.Cli.Config;
using K2I.Decode;
using K2I.Pipeline;

namespace K2I.Cli.Tests;

public sealed class ConfigSourcesTests : IDisposable
{
    private readonly Harness harness = new();

    [Fact]
    public void DefaultsAreTheEngines()
    {
        var options = Options(Harness.Minimal);
        var kafka = new KafkaOptions { Brokers = "localhost:9092" };
        var iceberg = new IcebergOptions { Warehouse = "./warehouse" };
        var table = new TableOptions { Name = "events", Topics = ["events"] };
        var engine = new EngineOptions { Kafka = kafka, Iceberg = iceberg, Tables = [table] };
        Assert.Equal(iceberg, options.Engine.Iceberg);
        Assert.Equal(kafka, options.Engine.Kafka with { Properties = kafka.Properties });
        Assert.Empty(options.Engine.Kafka.Properties);
        var actual = Assert.Single(options.Engine.Tables);
        Assert.Equal(table.Topics.AsEnumerable(), actual.Topics);
        Assert.Equal(table, actual with { Topics = table.Topics, Properties = table.Properties, TimestampUnits = table.TimestampUnits });
        Assert.Empty(actual.TimestampUnits);
        Assert.Equal(engine, options.Engine with
        {
            Kafka = kafka,
            Iceberg = iceberg,
            Tables = engine.Tables,
            Templates = engine.Templates
        });
        Assert.Empty(options.Engine.Templates);
        Assert.Equal(new LogOptions(), options.Log);
        Assert.Equal("127.0.0.1:9464", options.Http!.Listen.ToString());
    }

    [Fact]
    public void EveryKeyReachesItsOption()
    {
        var options = Options("""
            [kafka]
            brokers = a:1, [::1]:2
            group = g
            client_id = c
            instance_id = i
            group_protocol = consumer
            security.protocol = sasl_ssl
            sasl.password = "pa;ss word"
            [iceberg]
            catalog = file
            warehouse = /w
            namespace = a.b
            format_version = 3
            [engine]
            memory = 1GiB
            data_dir = /d
            shutdown_timeout = 1m30s
            [wal]
            mode = offsets
            file_size = 8MiB
            group_interval = 5ms
            [log]
            level = debug
            format = json
            file = /var/log/x
            file_size = 1MiB
            file_count = 0
            [http]
            listen = off
            [flush]
            bytes = 1MiB
            rows = 5
            interval = 1s
            [table.events]
            topics = a, ^b{1,2}$
            columns = 'a: int, b: struct<c: timestamptz>, d: time'
            unknown_fields = dead_letter
            case_sensitive = false
            timestamp_unit = us
            timestamp_unit.b.c = s
            timestamp_unit.d = ns
            partition_by = bucket(4, a)
            start = 2026-01-01T00:00:00+01:00
            kafka_column = false
            flush.bytes = 2MiB
            flush.rows = 6
            flush.interval = 2s
            max_record = 1MiB
            max_depth = 5
            dead_letter = topic
            dead_letter_topic = a.letters
            tombstones = null_row
            property.write.parquet.compression-codec = zstd
            [table.n.raw]
            topics = r
            format = raw
            raw_value = string
            raw_key = string
            start = 0:100, 1:200
            """);
        Assert.Equal(("a:1, [::1]:2", "g", "c", "i"), (options.Engine.Kafka.Brokers, options.Engine.Kafka.Group, options.Engine.Kafka.ClientId, options.Engine.Kafka.InstanceId));
        Assert.Equal("pa;ss word", options.Engine.Kafka.Properties["sasl.password"]);
        Assert.Equal(("/w", "a.b", 3), (options.Engine.Iceberg.Warehouse, options.Engine.Iceberg.Namespace, options.Engine.Iceberg.FormatVersion));
        Assert.Equal((1L << 30, "/d", 90_000), (options.Engine.MemoryBytes, options.Engine.DataDirectory, options.Engine.ShutdownTimeoutMs));
        Assert.Equal(new LogOptions { Level = LogLevel.Debug, Json = true, File = "/var/log/x", FileBytes = 1 << 20, FileCount = 0 }, options.Log);
        Assert.Null(options.Http);
        var events = options.Engine.Tables[0];
        Assert.Equal("a ^b{1,2}$", string.Join(" ", events.Topics));
        Assert.Equal(("a: int, b: struct<c: timestamptz>, d: time", UnknownFields.Refuse, EpochUnit.Microseconds, "bucket(4, a)"), (events.Columns, events.UnknownFields, events.TimestampUnit, events.PartitionBy));
        Assert.False(events.CaseSensitive);
        Assert.Equal("b.c Seconds, d Nanoseconds", string.Join(", ", events.TimestampUnits.OrderBy(u => u.Key, StringComparer.Ordinal).Select(u => $"{u.Key} {u.Value}")));
        Assert.Equal(new StartPosition.AtTimestamp(1767222000000), events.Start);
        Assert.Equal((false, 1 << 20, 5), (events.KafkaColumn, events.MaxRecordBytes, events.MaxDepth));
        Assert.Equal((DeadLetterPolicy.Topic, "a.letters", TombstonePolicy.NullRow), (events.DeadLetterPolicy, events.DeadLetterTopic, events.TombstonePolicy));
        Assert.Equal((WalMode.Offsets, 8L << 20, 5), (options.Engine.WalMode, options.Engine.WalFileBytes, options.Engine.WalGroupMs));
        Assert.Equal(Kafka.GroupProtocol.Consumer, options.Engine.Kafka.GroupProtocol);
        Assert.Equal(new FlushOptions { Bytes = 2 << 20, Rows = 6, AgeMs = 2_000 }, events.Flush);
        Assert.Equal("zstd", events.Properties["write.parquet.compression-codec"]);
        var raw = options.Engine.Tables[1];
        Assert.Equal(("n.raw", RecordFormat.Raw, RawForm.String, RawForm.String), (raw.Name, raw.Format, raw.RawValue, raw.RawKey));
        Assert.Equal(new FlushOptions { Bytes = 1 << 20, Rows = 5, AgeMs = 1_000 }, raw.Flush);
        Assert.Equal([(null, 0, new(100L)), (null, 1, new(200L))], Assert.IsType<StartPosition.AtOffsets>(raw.Start).Offsets.ToArray());
    }

    [Fact]
    public void OptionsWinOverVariablesOverTheFile()
    {
        const string file = "[kafka]\nbrokers = file:1\ngroup = file\nclient_id = file\n[iceberg]\nwarehouse = w\n[table.events]\ntopics = file\nmax_depth = 1\nflush.rows = 1\n";
        harness.Environment["K2I_KAFKA_GROUP"] = "variable";
        harness.Environment["K2I_KAFKA_CLIENT_ID"] = "variable";
        harness.Environment["K2I_TABLE_EVENTS_MAX_DEPTH"] = "2";
        harness.Environment["K2I_TABLE_EVENTS_FLUSH_ROWS"] = "2";
        var options = Options(file, "kafka.client_id=option", "table.events.flush.rows=3", "table.events.property.a.b=c", "kafka.client_id=last");
        Assert.Equal(("file:1", "variable", "last"), (options.Engine.Kafka.Brokers, options.Engine.Kafka.Group, options.Engine.Kafka.ClientId));
        var table = Assert.Single(options.Engine.Tables);
        Assert.Equal((2, 3L, "c"), (table.MaxDepth, table.Flush.Rows, table.Properties["a.b"]));
    }

    [Fact]
    public void VariablesAndOptionsAloneAreEnough()
    {
        harness.Environment["K2I_KAFKA_BROKERS"] = "a:1";
        harness.Environment["K2I_KAFKA_SECURITY_PROTOCOL"] = "sasl_ssl";
        harness.Environment["K2I_KAFKA_SASL_PASSWORD"] = "pa${ss";
        harness.Environment["K2I_ICEBERG_WAREHOUSE"] = "/w";
        harness.Environment["K2I_TABLE_MY_EVENTS_TOPICS"] = "t";
        harness.Environment["K2I_TABLE_MY_EVENTS_FLUSH_INTERVAL"] = "1s";
        var options = Options("", "table.ns.other.topics=u", "table.ns.other.flush.rows=7");
        Assert.Equal("pa${ss", options.Engine.Kafka.Properties["sasl.password"]);
        Assert.Equal(["my_events", "ns.other"], options.Engine.Tables.Select(t => t.Name));
        Assert.Equal((1_000, 7), (options.Engine.Tables[0].Flush.AgeMs, options.Engine.Tables[1].Flush.Rows));
    }

    [Fact]
    public void LongerTableNamesWinInVariables()
    {
        harness.Environment["K2I_TABLE_A_B_TOPICS"] = "changed";
        var options = Options("[kafka]\nbrokers = a:1\n[iceberg]\nwarehouse = w\n[table.a]\ntopics = a\n[table.a_b]\ntopics = b\n");
        Assert.Equal(["a", "changed"], options.Engine.Tables.Select(t => t.Topics[0]));
    }

    [Theory]
    [InlineData("K2I_KAFKA_BROKER", "K2I_KAFKA_BROKER: no key of [kafka] has this name; did you mean K2I_KAFKA_BROKERS?")]
    [InlineData("K2I_KAFAK_BROKERS", "K2I_KAFAK_BROKERS: no section 'kafak' to set; did you mean K2I_KAFKA_…?")]
    [InlineData("K2I_TABLE_EVENTS_FORMT", "K2I_TABLE_EVENTS_FORMT: expected K2I_TABLE_<NAME>_<KEY>")]
    public void MisspeltVariablesAreNotPassedOver(string name, string message)
    {
        harness.Environment[name] = "x";
        Assert.Equal(message, Assert.Single(harness.Problems(Harness.Minimal)));
    }

    [Fact]
    public void VariablesOfOthersAreLeftAlone()
    {
        harness.Environment["K2I_BUILD_DIR"] = "/x";
        harness.Environment["K2I"] = "x";
        Assert.Empty(harness.Problems(Harness.Minimal));
    }

    [Theory]
    [InlineData("kafka", "--set: expected section.key=value")]
    [InlineData("kafka=x", "--set kafka: expected section.key=value")]
    [InlineData("kafka.=x", "--set kafka.: expected section.key=value")]
    [InlineData("kafak.brokers=x", "--set kafak.brokers: unknown section [kafak]; did you mean [kafka]?")]
    [InlineData("kafka.broker=x", "--set kafka.broker: unknown key 'broker' in [kafka]; did you mean 'brokers'?")]
    [InlineData("table.events.formt=x", "--set table.events.formt: unknown key 'formt' in [table.events]; did you mean 'format'?")]
    [InlineData("engine.memory=1", "--set engine.memory: [engine] memory: expected 16 MiB to 1 TiB, found '1'")]
    public void BadOptionsAreNamed(string set, string message) => Assert.Equal(message, Assert.Single(harness.Problems(Harness.Minimal, set)));

    [Theory]
    [InlineData("${A}", "alpha")]
    [InlineData("x${A}y${A}z", "xalphayalphaz")]
    [InlineData("${NOPE:-d}", "d")]
    [InlineData("${EMPTY:-d}", "d")]
    [InlineData("x${EMPTY}y", "xy")]
    [InlineData("${NOPE:-}x", "x")]
    [InlineData("${NOPE:-${A}}", "alpha")]
    [InlineData("$${A}", "${A}")]
    [InlineData("$A {A} $", "$A {A} $")]
    [InlineData("'${A}'", "${A}")]
    [InlineData("\"${A}\"", "alpha")]
    [InlineData("${file:${DIR}/secret}", "from the file")]
    public void Expands(string value, string expected)
    {
        SetUpExpansion();
        Assert.Equal(expected, Options(Harness.Minimal.Replace("localhost:9092", "localhost:9092\ngroup = " + value, StringComparison.Ordinal)).Engine.Kafka.Group);
    }

    [Theory]
    [InlineData("${NOPE}", "environment variable NOPE is not set")]
    [InlineData("${A", "expected '}' after '${'")]
    [InlineData("${}", "expected ${NAME}, ${NAME:-default} or ${file:path}")]
    [InlineData("${A-b}", "expected ${NAME}, ${NAME:-default} or ${file:path}")]
    [InlineData("${file:/nope}", "file /nope does not exist")]
    [InlineData("${file:${NOPE}}", "environment variable NOPE is not set")]
    [InlineData("${file:/}", "file / cannot be read")]
    public void NamesWhatCannotBeExpanded(string value, string message)
    {
        SetUpExpansion();
        Assert.Equal("k2i.ini:3:9: [kafka] group: " + message, Assert.Single(harness.Problems(Harness.Minimal.Replace("localhost:9092", "localhost:9092\ngroup = " + value, StringComparison.Ordinal))));
    }

    [Fact]
    public void ReadsStandardInput()
    {
        harness.Input = Harness.Minimal;
        Assert.Equal((ExitCode.Ok, "<stdin> is valid: events from events\n", ""), harness.Run("validate", "--config", "-"));
        harness.Input = "nonsense";
        Assert.StartsWith("<stdin>:1:1: ", harness.Run("validate", "-c", "-").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void AByteOrderMarkIsNoContent() => Assert.Empty(harness.Problems("\ufeff" + Harness.Minimal));

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void NoFileBreaksTheWholeWay(int seed)
    {
        var random = new Random(seed);
        string[] words = ["[kafka]\n", "[table.a]\n", "[http]\n", "[iceberg]\n", "[flush]\n", "brokers = a:1\n", "topics = ", "start = ", "columns = ", "partition_by = ", "listen = ", "bytes = ", "= ", "\n", "${", "}", "\"", "'", "\"\"\"", "a", "1", ":", ",", "^(", "struct<", "day(", "T00:00Z", "ü", ";", " "];
        for (var round = 0; round < 1_500; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => words[random.Next(words.Length)]));
            var loaded = LoadedConfig.Load(new ConfigSources("-", [], harness.Environment, new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text))));
            Assert.True(loaded.Options is not null || loaded.Problems.Count > 0);
        }
        for (var round = 0; round < 300; round++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Assert.NotEmpty(LoadedConfig.Load(new ConfigSources("-", [], harness.Environment, new MemoryStream(bytes))).Problems);
        }
    }

    public void Dispose() => harness.Dispose();

    private void SetUpExpansion()
    {
        harness.Environment["A"] = "alpha";
        harness.Environment["EMPTY"] = "";
        harness.Environment["DIR"] = harness.Folder;
        harness.File("secret", "from the file\n");
    }

    private AppOptions Options(string text, params string[] sets)
    {
        var loaded = harness.Load(text, sets);
        Assert.Empty(loaded.Problems);
        return loaded.Options!;
    }
}
