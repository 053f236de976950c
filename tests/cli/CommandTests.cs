using System.Diagnostics;
using System.Text.Json;
using K2I.Base;
using K2I.Cli.Config;
using K2I.Cli.Running;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Kafka;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Tests;

public sealed class CommandTests : IDisposable
{
    private readonly Harness harness = new();

    [Theory]
    [InlineData("version", ExitCode.Ok)]
    [InlineData("version --json", ExitCode.Ok)]
    [InlineData("--version", ExitCode.Ok)]
    [InlineData("--help", ExitCode.Ok)]
    [InlineData("", ExitCode.Ok)]
    [InlineData("ingest --help", ExitCode.Ok)]
    [InlineData("help config", ExitCode.Ok)]
    [InlineData("help exit-codes", ExitCode.Ok)]
    [InlineData("completion bash", ExitCode.Ok)]
    [InlineData("completion zsh", ExitCode.Ok)]
    [InlineData("completion fish", ExitCode.Ok)]
    [InlineData("completion cmd", ExitCode.Invalid)]
    [InlineData("nonsense", ExitCode.Invalid)]
    [InlineData("ingest extra", ExitCode.Invalid)]
    [InlineData("ingest --config", ExitCode.Invalid)]
    [InlineData("ingest --config /nope", ExitCode.Invalid)]
    [InlineData("tables --warehouse /nope/w", ExitCode.Unreachable)]
    [InlineData("tables show", ExitCode.Invalid)]
    [InlineData("query", ExitCode.Invalid)]
    [InlineData("query --help", ExitCode.Ok)]
    public void ExitCodesAreWhatHelpSays(string line, ExitCode code) => Assert.Equal(code, harness.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Code);

    [Fact]
    public void MistypedNamesGetASuggestion()
    {
        Assert.Equal("k2i: there is no 'ingst' command; did you mean 'ingest'?\n`k2i --help` shows what there is\n", harness.Run("ingst").Error);
        Assert.Equal("k2i: there is no '--confg' in `k2i ingest`; did you mean '--config'?\n`k2i ingest --help` shows what there is\n", harness.Run("ingest", "--confg").Error);
    }

    [Fact]
    public void ExitCodesAreDocumentedInHelpAndReadme()
    {
        var help = harness.Run("help", "exit-codes").Out;
        var readme = File.ReadAllText(Repository.Path("engine/cli/README.md"));
        Assert.Equal(Enum.GetValues<ExitCode>().Order(), ExitCodes.All.Select(c => c.Code).Order());
        foreach (var (code, meaning) in ExitCodes.All)
        {
            Assert.Contains($"{(int)code,5}  {meaning}\n", help, StringComparison.Ordinal);
            Assert.Contains($"| {(int)code} | {meaning} |\n", readme, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void MetricsAreDocumentedInTheReadme()
    {
        var readme = File.ReadAllText(Repository.Path("engine/cli/README.md"));
        foreach (var (name, type, help) in EngineMetrics.OfTables.Select(m => (m.Name, m.Type,
            m.Help)).Concat(EngineMetrics.OfPartitions.Select(m => (m.Name, Serve.MetricType.Gauge,
            m.Help))).Concat(EngineMetrics.OfLanes.Select(m => (m.Name, m.Type,
            m.Help))).Concat(EngineMetrics.Others.Concat(EngineMetrics.OthersOfTables).Select(m => (m.Name, m.Type, m.Help))))
            Assert.Contains($"| `{name}` | {type.ToString().ToLowerInvariant()} | {help} |\n", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void PauseReasonsAreDocumentedInTheReadme()
    {
        var readme = File.ReadAllText(Repository.Path("README.md"));
        foreach (var reason in Enum.GetValues<PauseReason>()) Assert.Contains($"\n| `{PauseReasons.NameOf(reason)}` | ", readme, StringComparison.Ordinal);
    }

    [Fact]
    public void TheProjectsFileIsTheStarterFileAndValid()
    {
        var path = Repository.Path("k2i.ini");
        Assert.Equal(StarterFile.Render(new StarterAnswers()), File.ReadAllText(path));
        Assert.Equal(ExitCode.Ok, harness.Run("validate", "--config", path).Code);
    }

    [Fact]
    public void EveryCommentedKeyCanBeUncommented()
    {
        foreach (var key in Keys.All.Where(k => k.Default is not null))
        {
            var section = key.Section == "table" ? "table.events" : key.Section;
            var sets = key == Keys.RawKey || key == Keys.RawValue ? new[] { "table.events.format=raw" } : key == Keys.LogFileCount || key == Keys.LogFileSize ? ["log.file=/tmp/x"] : [];
            Assert.Empty(harness.Problems(Harness.Minimal, [.. sets, $"{section}.{key.Name}={key.Default}"]));
        }
        foreach (var key in new[] { Keys.Columns, Keys.InstanceId, Keys.TableFlushBytes, Keys.TableFlushRows, Keys.TableFlushInterval, Keys.LogFile })
            Assert.Empty(harness.Problems(Harness.Minimal, $"{(key.Section == "table" ? "table.events" : key.Section)}.{key.Name}={key.Example}"));
        Assert.Empty(harness.Problems(Harness.Minimal, "table.events.columns=event_time: timestamptz, user_id: long", $"table.events.partition_by={Keys.PartitionBy.Example}"));
    }

    [Fact]
    public void HelpNamesEveryKey()
    {
        var help = harness.Run("help", "config").Out;
        foreach (var key in Keys.All) Assert.Contains($"\n  {key.Name} ", help, StringComparison.Ordinal);
        Assert.All(help.Split('\n').Skip(14), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void InitWritesFromFlagsAndNeverOver()
    {
        var path = Path.Combine(harness.Folder, "new.ini");
        var (code, output, _) = harness.Run("init", "--brokers", "kafka:9093", "--topic", "Web.Clicks, ^other{2}", "--warehouse", "/srv/lake; house", "--output", path, "--yes");
        Assert.Equal((ExitCode.Ok, $"{path} is written; `k2i validate --connect` checks it, `k2i ingest` runs it\n"), (code, output));
        var options = harness.Load(File.ReadAllText(path)).Options!.Engine;
        Assert.Equal(("kafka:9093", "/srv/lake; house", "web_clicks"), (options.Kafka.Brokers, options.Iceberg.Warehouse, options.Tables[0].Name));
        Assert.Equal("Web.Clicks ^other{2}", string.Join(" ", options.Tables[0].Topics));
        var before = File.ReadAllText(path);
        Assert.Equal((ExitCode.Failed, "", $"k2i: {path} is there already; nothing was written\n"), harness.Run("init", "--output", path));
        Assert.Equal(before, File.ReadAllText(path));
    }

    [Fact]
    public void InitAsksUntilTheAnswerIsSound()
    {
        harness.Interactive = true;
        harness.Input = "bad topic\norders\n\nNope\nshop.orders\n/lake\n";
        var path = Path.Combine(harness.Folder, "new.ini");
        var (code, output, _) = harness.Run("init", "--output", path);
        Assert.Equal(ExitCode.Ok, code);
        Assert.StartsWith("Kafka topic [events]: expected commas between topics, found a blank\nKafka topic [events]: Kafka brokers [localhost:9092]: Table [orders]: expected a name", output, StringComparison.Ordinal);
        var options = harness.Load(File.ReadAllText(path)).Options!.Engine;
        Assert.Equal(("localhost:9092", "/lake", "shop.orders", "orders"), (options.Kafka.Brokers, options.Iceberg.Warehouse, options.Tables[0].Name, options.Tables[0].Topics[0]));
    }

    [Theory]
    [InlineData("--brokers", "nope", "k2i: --brokers: expected host:port, several separated by commas, found 'nope'\n")]
    [InlineData("--topic", "a b", "k2i: --topic: expected commas between topics, found a blank, found 'a b'\n")]
    [InlineData("--table", "A", "k2i: --table: expected a name of a-z, 0-9 and _, with its namespace before a dot, found 'A'\n")]
    [InlineData("--warehouse", "ftp://x/y",
        "k2i: --warehouse: expected a directory, or a location such as s3://bucket/path, found 'ftp://x/y'\n")]
    public void InitRefusesUnsoundFlags(string option, string value, string message) =>
        Assert.Equal((ExitCode.Invalid, "", message), harness.Run("init", "--output", "-", "--yes", option, value));

    [Fact]
    public void TheUnitIsHardened()
    {
        var (code, unit, _) = harness.Run("init", "--systemd");
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("# Secrets for ${file:${CREDENTIALS_DIRECTORY}/kafka-password} in the configuration:", unit, StringComparison.Ordinal);
        const string tool = "/usr/bin/systemd-analyze";
        // Judged where systemd is there; the settings it judges by are fixed text.
        if (!File.Exists(tool)) return;
        var start = new ProcessStartInfo(tool) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in new[] { "security", "--offline=true", "--no-pager", "--threshold=15", harness.File("k2i.service", unit) }) start.ArgumentList.Add(arg);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }

    [Theory]
    [InlineData("k2i ", new[] { "ingest", "validate", "status", "query", "tables", "init", "completion", "help", "version" })]
    [InlineData("k2i ingest --", new[] { "--config", "--set", "--help" })]
    [InlineData("k2i query events --", new[] { "--key", "--where", "--follow", "--format", "--url", "--config" })]
    [InlineData("k2i query events --format ", new[] { "table", "json", "ndjson", "csv", "arrow" })]
    [InlineData("k2i completion ", new[] { "bash", "zsh", "fish" })]
    public void CompletionComesFromTheBinary(string line, string[] expected)
    {
        var (code, output, _) = harness.Run($"[suggest:{line.Length}]", line);
        Assert.Equal(ExitCode.Ok, code);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var word in expected) Assert.Contains(word, lines);
    }

    [Fact]
    public void TablesShowsWhatStandsInTheWarehouse()
    {
        var warehouse = Path.Combine(harness.Folder, "w");
        var store = new LocalStore(warehouse);
        Assert.Equal((ExitCode.Ok, "no tables yet\n", ""), harness.Run("tables", "-w", warehouse));
        var schema = FieldIds.NewSchema([.. ColumnText.Parse("id: long!, at: timestamptz, tags: list<string>")]);
        new FileCatalog(store, "file://" + warehouse).Create(TableIdent.Parse("shop.orders"), new TableCreation
        {
            Schema = schema,
            Spec = PartitionSpecText.Parse("day(at)", schema),
            FormatVersion = 2,
            Properties = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("k2i.offsets", "{\"t\":{\"id\":\"abc\",\"partitions\":{\"0\":42,\"1\":7}}}"),
        });

        var (code, output, _) = harness.Run("tables", "-w", warehouse);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("shop.orders     0      0   0 B          0", output, StringComparison.Ordinal);
        using var list = JsonDocument.Parse(harness.Run("tables", "-w", warehouse, "--json").Out);
        Assert.Equal("shop.orders", list.RootElement.GetProperty("tables")[0].GetProperty("name").GetString());

        (code, output, _) = harness.Run("tables", "show", "shop.orders", "-w", warehouse);
        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("partitioning  day(at)", output, StringComparison.Ordinal);
        Assert.Contains("tags  list<string>", output, StringComparison.Ordinal);
        Assert.Contains("  t              0           42", output, StringComparison.Ordinal);
        using var page = JsonDocument.Parse(harness.Run("tables", "show", "shop.orders", "-w", warehouse, "--json").Out);
        Assert.Equal([42, 7], page.RootElement.GetProperty("offsets").EnumerateArray().Select(o => o.GetProperty("next_offset").GetInt64()));

        Assert.Equal(ExitCode.NotFound, harness.Run("tables", "show", "nope", "-w", warehouse).Code);
        Assert.Equal(ExitCode.Invalid, harness.Run("tables", "show", "..", "-w", warehouse).Code);
    }

    [Fact]
    public void ValidateConnectTellsWhatWorksAndWhatDoesNot()
    {
        using var broker = new EmbeddedBroker(NullLog.Instance);
        broker.CreateTopic("events", 3);
        var warehouse = Path.Combine(harness.Folder, "w");
        var path = harness.File("k2i.ini", $"[kafka]\nbrokers = {broker.BootstrapServers}\n[iceberg]\nwarehouse = {warehouse}\n[table.events]\ntopics = events\n[table.more]\ntopics = ^ev.*\n");
        var (code, output, error) = harness.Run("validate", "--connect", "--config", path);
        Assert.True(code == ExitCode.Ok, output + error);
        Assert.Contains("3 partitions", output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(warehouse));

        using var json = JsonDocument.Parse(harness.Run("validate", "--connect", "--json", "--config", path, "--set", "table.more.topics=^nope.*").Out);
        var failed = json.RootElement.GetProperty("checks").EnumerateArray().Where(c => !c.GetProperty("ok").GetBoolean()).ToList();
        Assert.Equal("topic ^nope.*", Assert.Single(failed).GetProperty("check").GetString());
        Assert.Equal(ExitCode.Failed, harness.Run("validate", "--connect", "--config", path, "--set", "table.more.topics=^nope.*").Code);
        Assert.Equal(ExitCode.Unreachable, harness.Run("validate", "--connect", "--config", path, "--set", "iceberg.warehouse=/proc/nope").Code);
    }

    public void Dispose() => harness.Dispose();
}
