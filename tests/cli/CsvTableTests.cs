using System.Text;
using K2I.Cli.Queries;

namespace K2I.Cli.Tests;

/// <summary>Rows that come as CSV, as a table.</summary>
public sealed class CsvTableTests : IDisposable
{
    private const string Csv = "id,\"a \"\"b\"\", c\",d\n1,\"x, \"\"y\"\"\",0.5\n,\"two\nlines\",\n30,\"\",-1e9\n";
    private const string Table = "id  a \"b\", c      d\n 1  x, \"y\"      0.5\n    two lines\n30             -1e9\n";

    private readonly Harness harness = new();

    public void Dispose() => harness.Dispose();

    [Fact]
    public void ItIsTheSameWhereverItsBytesAreParted()
    {
        for (var part = 1; part <= Csv.Length; part++)
        {
            var output = new StringWriter();
            using var terminal = harness.Terminal(output, TextWriter.Null, Stream.Null);
            var table = new CsvTable(terminal);
            foreach (var bytes in Encoding.UTF8.GetBytes(Csv).Chunk(part)) table.Write(bytes);
            table.Finish();
            Assert.Equal(Table, output.ToString());
            Assert.Equal(3, table.Rows);
        }
    }
}
