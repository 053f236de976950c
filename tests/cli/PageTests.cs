using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Cli.Tests;

/// <summary>Pages for people keep within their terminal; what goes into a pipe is a line a row.</summary>
public sealed class PageTests : IDisposable
{
    private const string SevenFields =
        "id: long!, user: struct<id: long, name: string, mail: string, country: string, city: string, street: string, score: double>, note: string";

    private readonly Harness harness = new();

    public void Dispose() => harness.Dispose();

    [Theory]
    [InlineData(120)]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(40)]
    public void PagesOfTablesFit(int width)
    {
        var warehouse = Warehouse();
        harness.Width = width;
        foreach (var args in (string[][])[["tables"], ["tables", "show", "orders"], ["tables", "check", "orders", "--orphans"]])
        {
            var (code, output, _) = harness.Run([.. args, "-w", warehouse]);
            Assert.Equal(ExitCode.Ok, code);
            Assert.All(output.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        }
    }

    [Fact]
    public void ALongTypePushesNothingAside()
    {
        var warehouse = Warehouse();
        harness.Width = 80;
        var lines = harness.Run("tables", "show", "orders", "-w", warehouse).Out.Split('\n');
        var at = Array.FindIndex(lines, l => l.Contains("struct<id: long, name: string,", StringComparison.Ordinal));
        Assert.Equal(lines[at].IndexOf("struct<", StringComparison.Ordinal), lines[at + 1].Length - lines[at + 1].TrimStart().Length);
        Assert.Contains(lines, l => l.StartsWith("   1  id    long", StringComparison.Ordinal) && l.EndsWith("required", StringComparison.Ordinal));
    }

    [Fact]
    public void APipeGetsARowALine()
    {
        var output = harness.Run("tables", "show", "orders", "-w", Warehouse()).Out;
        Assert.Contains("struct<id: long, name: string, mail: string, country: string, city: string, street: string, score: double>", output, StringComparison.Ordinal);
    }

    [Fact]
    public void ANarrowTableIsALineAValue()
    {
        var table = new TextTable("table", ">rows", ">committed", "last commit");
        table.Add("default.orders", "1,234,567", "1,234,000", "4s ago");
        table.Add("a", "1", "", "never");
        Assert.Equal(
            """
            table        default.orders
            rows         1,234,567
            committed    1,234,000
            last commit  4s ago

            table        a
            rows         1
            last commit  never

            """, Printed(table, 30));
        Assert.StartsWith("table                rows  committed  last commit\n", Printed(table, 60), StringComparison.Ordinal);
    }

    [Fact]
    public void NamesFromOutsideNeitherMoveTheCursorNorTheColumns()
    {
        var table = new TextTable("name", "type");
        table.Add("日本語", "long");
        table.Add("e\u0301", "int");
        table.Add("a\u001b[31mb\nc", "date");
        Assert.Equal("name       type\n日本語     long\ne\u0301          int\na [31mb c  date\n", Printed(table, null));
    }

    [Theory]
    [InlineData("a, bb, cc", 5, "a,", "bb,", "cc")]
    [InlineData("data/s=1/part/file", 10, "data/s=1/", "part/file")]
    [InlineData("abcdefgh", 3, "abc", "def", "gh")]
    [InlineData("日本語", 4, "日本", "語")]
    [InlineData("日本語", 1, "日", "本", "語")]
    [InlineData("one two", 3, "one", "two")]
    [InlineData("", 3, "")]
    public void TextsAreBrokenWhereTheyRead(string text, int width, params string[] lines) => Assert.Equal(lines, TextFit.Wrap(text, width));

    [Theory]
    [InlineData("/srv/wh", "k2i tables show events -w /srv/wh", "iceberg_scan('/srv/wh/default/events')")]
    [InlineData("/srv/my wh", "k2i tables show events -w \"/srv/my wh\"", "iceberg_scan('/srv/my wh/default/events')")]
    [InlineData("/srv/it's", "k2i tables show events -w \"/srv/it's\"", "iceberg_scan('/srv/it''s/default/events')")]
    [InlineData("/srv/$x", "k2i tables show events -w '/srv/$x'", "iceberg_scan('\\''/srv/$x/default/events'\\'')")]
    public void CommandsOfTheDemoCanBePasted(string warehouse, string show, string scan)
    {
        var commands = Demo.Demo.Commands("k2i", warehouse).ToList();
        Assert.Contains("  " + show, commands);
        Assert.Contains(commands, c => c.Contains(scan, StringComparison.Ordinal));
    }

    [Fact]
    public void APropertyOfNoUseIsAnErrorOfTheConfiguration()
    {
        var problem = Assert.Single(harness.Problems(Harness.Minimal + "property.write.parquet.compression-codec = brotli\nproperty.their.own = x\n"));
        Assert.EndsWith("property.write.parquet.compression-codec: expected zstd, snappy, gzip, lz4 or uncompressed, found 'brotli'", problem, StringComparison.Ordinal);
        Assert.StartsWith("k2i.ini:7:", problem, StringComparison.Ordinal);
    }

    private string Warehouse()
    {
        var warehouse = Path.Combine(harness.Folder, "warehouse of some length");
        var schema = FieldIds.NewSchema([.. ColumnText.Parse(SevenFields)]);
        var store = new LocalStore(warehouse);
        var table = new FileCatalog(store, Location.FromConfig(warehouse)).Create(TableIdent.Parse("default.orders"), new TableCreation { Schema = schema });
        store.Put($"{table.Metadata.Location}/data/{new string('x', 100)}/{new string('y', 100)}.parquet", [1]);
        return warehouse;
    }

    private string Printed(TextTable table, int? width)
    {
        harness.Width = width;
        var output = new StringWriter();
        using var bytes = new MemoryStream();
        using var terminal = harness.Terminal(output, TextWriter.Null, bytes);
        table.Print(terminal);
        return output.ToString();
    }
}
