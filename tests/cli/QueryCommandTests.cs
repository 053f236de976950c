using System.Collections.Immutable;
using System.Net;
using System.Text;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Memory;
using K2I.Parquet;
using K2I.Query;
using K2I.Serve;
using K2I.Serve.Tests;
using K2I.Storage;

namespace K2I.Cli.Tests;

/// <summary><c>k2i query</c>: of a running process, and of the table alone.</summary>
public sealed class QueryCommandTests : IDisposable
{
    private static readonly QueryLimits Limits =
        new() { MemoryBytes = 64 << 20, MaxRows = 1_000_000, MaxBytes = 1L << 30, TimeoutMs = 60_000, Concurrency = 4 };

    private readonly Harness harness = new();
    private readonly MemoryTables tables = new();
    private readonly TableQueries queries;
    private HttpServer? server;

    public QueryCommandTests() => queries = new(tables, tables.Store, Limits, SystemClock.Instance);

    public void Dispose()
    {
        server?.Dispose();
        queries.Dispose();
        tables.Dispose();
        harness.Dispose();
    }

    [Fact]
    public void RowsAreLinesInAPipeAndATableOnATerminal()
    {
        tables.Append(3);
        const string Lines = "{\"id\":0,\"s\":\"s0\"}\n{\"id\":1,\"s\":\"a/b\"}\n{\"id\":2,\"s\":\"s2\"}\n";
        Assert.Equal((ExitCode.Ok, Lines, ""), Query("--columns", "id,s"));
        harness.Width = 80;
        Assert.Equal((ExitCode.Ok, "id  s\n 0  s0\n 1  a/b\n 2  s2\n", ""), Query("--columns", "id,s"));
        Assert.Equal((ExitCode.Ok, "id  s\n", ""), Query("--columns", "id,s", "--where", "id > 5"));
    }

    [Fact]
    public void ATableKeepsWithinTheTerminal()
    {
        tables.Append(1, textLength: 200);
        harness.Width = 60;
        var (code, output, _) = Query("--columns", "id,s,at");
        Assert.Equal(ExitCode.Ok, code);
        Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, 60));
    }

    [Fact]
    public void ATableShowsItsFirstRowsAndSaysSo()
    {
        tables.Append(2_100);
        harness.Width = 80;
        var (code, output, error) = Query("--columns", "id");
        Assert.Equal((ExitCode.Ok, 101, "k2i: the first 100 rows; --limit 0 shows all\n"), (code, output.Split('\n').Length - 1, error));
        (code, output, error) = Query("--columns", "id", "--limit", "0");
        // A line of names for each thousand.
        Assert.Equal((ExitCode.Ok, 2_103, ""), (code, output.Split('\n').Length - 1, error));
    }

    [Fact]
    public void EachFormIsGiven()
    {
        tables.Append(1);
        Assert.Equal("[\n{\"id\":0}\n]\n", Query("--columns", "id", "--format", "json").Out);
        Assert.Equal("{\"id\":0}\n", Query("--columns", "id", "--format", "ndjson").Out);
        Assert.Equal("id\n0\n", Query("--columns", "id", "--format", "csv").Out);
        Assert.Equal("id\n 0\n", Query("--columns", "id", "--format", "table").Out);
        using var bytes = new MemoryStream();
        using (var terminal = harness.Terminal(TextWriter.Null, TextWriter.Null, Stream.Null, bytes))
            Assert.Equal(ExitCode.Ok, Cli.Run(["query", MemoryTables.Orders, "--url", Url(), "--format", "arrow"], terminal));
        Assert.Equal([0xFF, 0xFF, 0xFF, 0xFF], bytes.ToArray()[..4]);
        harness.Width = 80;
        Assert.Equal((ExitCode.Invalid, "", "k2i: Arrow is bytes; it needs a file or pipe to go to\n"), Query("--format", "arrow"));
    }

    [Fact]
    public void TheQuestionGoesToTheProcess()
    {
        tables.Append(10);
        Assert.Equal("{\"id\":7}\n{\"id\":6}\n",
            Query("--columns", "id", "--where", "id < 8 and s like 's%'", "--order", "id desc", "--limit", "2").Out);
        Assert.Equal("", Query("--source", "cold").Out);
        Assert.Equal("{\"id\":0}\n", Query("--columns", "id", "--source", "hot", "--limit", "1", "--min-offsets", "t:0:10").Out);
        Assert.Equal((ExitCode.Failed, "", "k2i: table shop.orders is at t:0:10, not yet at t:0:11\n"),
            Query("--min-offsets", "t:0:11", "--wait", "1ms"));
    }

    [Fact]
    public void ARowIsFoundByItsKey()
    {
        tables.Append(3);
        Assert.Equal((ExitCode.Ok, "{\"id\":1}\n", ""), Query("--columns", "id", "--key", "1", "--key", "a/b"));
        Assert.Equal((ExitCode.NotFound, "", "k2i: no row of table shop.orders has the key\n"), Query("--key", "1", "--key", ".."));
        Assert.Equal(ExitCode.Invalid, Query("--key", "1").Code);
        harness.Width = 80;
        Assert.Equal((ExitCode.Ok, "id\n 2\n", ""), Query("--columns", "id", "--key", "2", "--key", "s2"));
    }

    [Theory]
    [InlineData("nope", ExitCode.NotFound, "--limit", "1")]
    [InlineData(MemoryTables.Orders, ExitCode.Invalid, "--columns", "none")]
    [InlineData(MemoryTables.Orders, ExitCode.Invalid, "--where", "id =")]
    [InlineData(MemoryTables.Plain, ExitCode.Invalid, "--key", "1")]
    public void AWrongQuestionSaysWhatIsWrong(string table, ExitCode code, string option, string value)
    {
        var (found, output, error) = harness.Run("query", table, "--url", Url(), option, value);
        Assert.Equal((code, ""), (found, output));
        Assert.StartsWith("k2i: ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--follow --limit 1", "--limit has no meaning with --follow")]
    [InlineData("--follow --format csv", "--follow prints ndjson, no other form")]
    [InlineData("--key 1 --where a=1", "--where has no meaning with --key")]
    [InlineData("--from t:0:1", "--from has no meaning without --follow")]
    [InlineData("--limit -1", "--limit is not below 0")]
    [InlineData("--source warm", "")]
    [InlineData("--format xml", "")]
    [InlineData("--url nonsense", "--url: expected http://host:port, https://host:port or unix:/path, found 'nonsense'")]
    public void OptionsThatDoNotGoTogetherAreRefused(string options, string message)
    {
        var (code, _, error) = harness.Run(["query", "events", .. options.Split(' ')]);
        Assert.Equal(ExitCode.Invalid, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void AProcessThatDoesNotAnswerIsUnreachable()
    {
        var (code, _, error) = harness.Run("query", "events", "--url", "http://127.0.0.1:1");
        Assert.Equal(ExitCode.Unreachable, code);
        Assert.StartsWith("k2i: http://127.0.0.1:1 does not answer: ", error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Unreachable, harness.Run("query", "events", "--url", "unix:" + Path.Combine(harness.Folder, "none")).Code);
    }

    [Fact]
    public void TheSocketIsAskedWhereThereIsNoAddress()
    {
        tables.Append(1);
        var socket = Path.Combine(harness.Folder, "s");
        var options = new HttpOptions { SocketFile = socket, SocketMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        server = HttpServer.Start(options, new FakeSource(), queries, NullLog.Instance);
        var config = harness.File("k2i.ini", Harness.Minimal + $"[http]\nlisten = off\nsocket = {socket}\n");
        foreach (var place in (string[][])[["--config", config], ["--url", "unix:" + socket]])
            Assert.Equal((ExitCode.Ok, "{\"id\":0}\n", ""), harness.Run(["query", MemoryTables.Orders, "--columns", "id", .. place]));
    }

    [Fact]
    public void RowsThatAreFollowedComeUntilTheProcessEnds()
    {
        tables.Append(3);
        using var output = Stream.Synchronized(new MemoryStream());
        using var error = new StringWriter();
        using var terminal = harness.Terminal(TextWriter.Null, error, Stream.Null, output);
        string[] args = ["query", MemoryTables.Orders, "--url", Url(), "--follow", "--columns", "id", "--from", "t:0:1"];
        var code = Task.Run(() => Cli.Run(args, terminal));
        const string Expected = "{\"id\":1}\n{\"id\":2}\n";
        Assert.True(SpinWait.SpinUntil(() => output.Length == Expected.Length, 60_000));
        server!.Dispose();
        Assert.Equal(ExitCode.Unreachable, code.Result);
        output.Position = 0;
        using var reader = new StreamReader(output);
        Assert.Equal(Expected, reader.ReadToEnd());
        Assert.Equal("k2i: the process ended it; --from t:0:3 goes on there\n", error.ToString());
    }

    [Fact]
    public void WhoeverHasReadEnoughEndsIt()
    {
        tables.Append(3);
        using var gone = new GoneStream();
        using var terminal = harness.Terminal(TextWriter.Null, TextWriter.Null, Stream.Null, gone);
        Assert.Equal(ExitCode.Ok, Cli.Run(["query", MemoryTables.Orders, "--url", Url(), "--follow", "--from", "t:0:0"], terminal));
    }

    [Fact]
    public void WithoutAProcessTheTableAloneIsReadAndThatIsSaid()
    {
        var warehouse = Path.Combine(harness.Folder, "w");
        CreateEvents(warehouse);
        var settings = Harness.Minimal.Replace("./warehouse", warehouse, StringComparison.Ordinal);
        var config = harness.File("k2i.ini", settings + "[http]\nlisten = 127.0.0.1:1\n");
        var (code, output, error) = harness.Run("query", "events", "--config", config, "--where", "id > 1");
        Assert.Equal((ExitCode.Ok, "{\"id\":2}\n{\"id\":3}\n"), (code, output));
        Assert.StartsWith("k2i: http://127.0.0.1:1 does not answer: ", error, StringComparison.Ordinal);
        Assert.EndsWith(": rows of the table alone\n", error, StringComparison.Ordinal);

        string[] off = ["query", "events", "--config", config, "--set", "http.listen=off"];
        (code, output, error) = harness.Run([.. off, "--format", "csv", "--limit", "1", "--order", "id desc"]);
        Assert.Equal((ExitCode.Ok, "id\n3\n", "k2i: [http] is off: rows of the table alone\n"), (code, output, error));
        Assert.Equal("{\"id\":3}\n", harness.Run("query", "default.events", "--config", config, "--key", "3", "--format", "json").Out);
        Assert.Equal(ExitCode.NotFound, harness.Run("query", "events", "--config", config, "--key", "4").Code);
        Assert.Equal(ExitCode.NotFound, harness.Run("query", "nope", "--config", config).Code);
        Assert.Equal(ExitCode.Invalid, harness.Run("query", "events", "--config", config, "--columns", "none").Code);
        Assert.Equal(ExitCode.Unreachable, harness.Run("query", "events", "--config", config, "--source", "hot").Code);
        Assert.Equal(ExitCode.Unreachable, harness.Run("query", "events", "--config", config, "--follow").Code);
    }

    private (ExitCode Code, string Out, string Error) Query(params string[] options) =>
        harness.Run(["query", MemoryTables.Orders, "--url", Url(), .. options]);

    private string Url()
    {
        var options = new HttpOptions { Listen = new ListenAddress(IPAddress.Loopback, 0) };
        server ??= HttpServer.Start(options, new FakeSource(), queries, NullLog.Instance);
        return server.Address!.ToString();
    }

    /// <summary>A table with the ids 0 to 3, and the id as its key.</summary>
    private static void CreateEvents(string warehouse)
    {
        var store = new LocalStore(warehouse);
        var catalog = new FileCatalog(store, "file://" + warehouse);
        var schema = FieldIds.NewSchema([.. ColumnText.Parse("id: long!")]) with { IdentifierFieldIds = [1] };
        var table = catalog.Create(TableIdent.Parse("default.events"), new TableCreation { Schema = schema });
        using var rows = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 4; i++)
        {
            rows.Column(0).AppendLong(i);
            Assert.True(rows.EndRow());
        }
        var location = $"{table.Metadata.Location}/data/a.parquet";
        using var writer = store.Create(location);
        using var parquet = new ParquetWriter(schema, ParquetOptions.Default, new ObjectSink(writer));
        parquet.Write(rows.View(), 0, 4);
        var result = parquet.Finish();
        writer.Complete();
        var file = new DataFileBuilder(table.Metadata).Build(location, result, 0, PartitionTuple.Empty);
        new TableCommitter(catalog, store).Commit(table.Ident, new AppendFiles { Files = [file] });
    }

    /// <summary>A pipe that nobody reads.</summary>
    private sealed class GoneStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
