using System.Diagnostics;
using System.Text;
using System.Text.Json;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Memory;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Cli.Tests;

/// <summary><c>k2i tables read</c> in its formats, and <c>k2i tables check</c>.</summary>
public sealed class TableReadTests : IDisposable
{
    private readonly Harness harness = new();
    private readonly string warehouse;

    public TableReadTests()
    {
        warehouse = Path.Combine(harness.Folder, "w");
        var store = new LocalStore(warehouse);
        var catalog = new FileCatalog(store, "file://" + warehouse);
        var schema = FieldIds.NewSchema([.. ColumnText.Parse("id: long!, s: string, ok: boolean, d: double, m: decimal(20,2), at: timestamptz, day: date, u: uuid, tags: list<string>, p: struct<x: int, y: string>, kv: map<string, long>")]);
        var table = catalog.Create(TableIdent.Parse("shop.orders"), new TableCreation { Schema = schema });
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        for (var i = 0; i < 10; i++) Append(builder, i);
        var location = $"{table.Metadata.Location}/data/a.parquet";
        using var writer = store.Create(location);
        using var parquet = new ParquetWriter(schema, ParquetOptions.Default, new ObjectSink(writer));
        parquet.Write(builder.View(), 0, 10);
        var result = parquet.Finish();
        writer.Complete();
        var file = new DataFileBuilder(table.Metadata).Build(location, result, 0, PartitionTuple.Empty);
        var committer = new TableCommitter(catalog, store);
        table = committer.Commit(table.Ident, new AppendFiles { Files = [file] }).Table;
        using var deletes = new DeleteWriter(table, store);
        var gone = new RowPositions();
        gone.Add(2);
        deletes.Delete(new TableScan(table, store).Plan().Single(), gone);
        committer.Commit(table.Ident, new RowDelta { DeleteFiles = deletes.Finish().Added });
    }

    public void Dispose() => harness.Dispose();

    [Fact]
    public void CsvHasNamesFirstAndQuotesWhatNeedsIt()
    {
        var (code, output, error) = harness.Run("tables", "read", "shop.orders", "-w", warehouse, "--format", "csv", "--limit", "0", "--filter", "id < 4");
        Assert.Equal((ExitCode.Ok, ""), (code, error));
        Assert.Equal(
        [
            "id,s,ok,d,m,at,day,u,tags,p,kv",
            "0,\"a \"\"b\"\", c0\",true,0.5,0.05,2024-01-01T00:00:00.000000+00:00,2024-01-01,00000000-0000-0000-0000-000000000000,\"[\"\"t\"\",null]\",\"{\"\"x\"\":0,\"\"y\"\":null}\",\"[[\"\"k\"\",0]]\"",
            "1,,,,,,,,,,",
            "3,\"\",false,3.5,3.05,2024-01-01T00:00:03.000000+00:00,2024-01-04,00000000-0000-0000-0000-000000000003,[],\"{\"\"x\"\":3,\"\"y\"\":null}\",[]",
        ], output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void ArrowIsReadByOthersAsJsonShowsIt()
    {
        using var bytes = new MemoryStream();
        using (var terminal = harness.Terminal(new StreamWriter(bytes, leaveOpen: true), TextWriter.Null, Stream.Null))
            Assert.Equal(ExitCode.Ok, Cli.Run(["tables", "read", "shop.orders", "-w", warehouse, "--format", "arrow", "--limit", "0"], terminal));
        var stream = bytes.ToArray();
        Assert.Equal(0xFF, stream[0]);
        Assert.Equal([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], stream[^8..]);
        if (FindPython() is not { } python) return;
        var path = Path.Combine(harness.Folder, "rows.arrow");
        File.WriteAllBytes(path, stream);
        const string script = "import sys,json,pyarrow.ipc as i\nt=i.open_stream(sys.argv[1]).read_all()\nt.validate(full=True)\nprint(t.schema.field('at').type, t.schema.field('m').type, t.schema.field('kv').type, t.schema.field('id').nullable)\nfor r in t.to_pylist(): print(json.dumps([r['id'],r['s'],r['ok'],r['d'],str(r['m']),str(r['at']),str(r['day']),r['u'].hex if r['u'] else None,r['tags'],r['p'],r['kv']]))";
        var start = new ProcessStartInfo(python, ["-c", script, path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var lines = process.StandardOutput.ReadToEnd().TrimEnd().Split('\n');
        Assert.True(process.StandardError.ReadToEnd() is var errors && lines.Length == 10, errors);
        Assert.Equal("timestamp[us, tz=UTC] decimal128(20, 2) map<string, int64> False", lines[0]);
        Assert.Equal("""[0, "a \"b\", c0", true, 0.5, "0.05", "2024-01-01 00:00:00+00:00", "2024-01-01", "00000000000000000000000000000000", ["t", null], {"x": 0, "y": null}, [["k", 0]]]""", lines[1]);
        Assert.Equal("""[1, null, null, null, "None", "None", "None", null, null, null, null]""", lines[2]);
        Assert.StartsWith("""[3, "", false, 3.5, "3.05",""", lines[3], StringComparison.Ordinal);
        Assert.EndsWith("""[["k", 4]]]""", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void FiltersTakeOrNotAndParentheses()
    {
        var (code, output, _) = harness.Run("tables", "read", "shop.orders", "-w", warehouse, "--columns", "id", "--filter", "(id = 0 or id > 6) and not id in (8)");
        Assert.Equal((ExitCode.Ok, "{\"id\":0}\n{\"id\":7}\n{\"id\":9}\n"), (code, output));
        Assert.Equal(ExitCode.Invalid, harness.Run("tables", "read", "shop.orders", "-w", warehouse, "--format", "xml").Code);
    }

    [Fact]
    public void CheckFindsNothingInAWholeTableAndAMissingFileInABrokenOne()
    {
        Assert.Equal((ExitCode.Ok, "shop.orders: nothing found\n", ""), harness.Run("tables", "check", "shop.orders", "-w", warehouse, "--deep", "--orphans"));
        File.Delete(Path.Combine(warehouse, "shop", "orders", "data", "a.parquet"));
        var (code, output, _) = harness.Run("tables", "check", "shop.orders", "-w", warehouse);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("error file-missing: the file is not there\n  in file://", output, StringComparison.Ordinal);
        Assert.EndsWith("shop.orders: 1 errors, 0 warnings\n", output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(harness.Run("tables", "check", "shop.orders", "-w", warehouse, "--json").Out);
        Assert.Equal("file-missing", json.RootElement.GetProperty("findings")[0].GetProperty("rule").GetString());
        Assert.Equal(ExitCode.NotFound, harness.Run("tables", "check", "nope", "-w", warehouse).Code);
    }

    private static void Append(BatchBuilder row, int i)
    {
        row.Column(0).AppendLong(i);
        if (i == 1)
        {
            for (var at = 1; at < row.ColumnCount; at++) row.Column(at).AppendNull();
        }
        else
        {
            row.Column(1).AppendBytes(Encoding.UTF8.GetBytes(i == 3 ? "" : $"a \"b\", c{i}"));
            row.Column(2).AppendBool(i % 2 == 0);
            row.Column(3).AppendDouble(i + 0.5);
            row.Column(4).AppendDecimal((i * 100) + 5);
            row.Column(5).AppendLong(1_704_067_200_000_000 + (i * 1_000_000L));
            row.Column(6).AppendInt(19_723 + i);
            row.Column(7).AppendFixed(new Guid(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)i).ToByteArray(bigEndian: true));
            if (i != 3)
            {
                row.Column(8).Child(0).AppendBytes("t"u8);
                row.Column(8).Child(0).AppendNull();
                row.Column(10).Child(0).Child(0).AppendBytes("k"u8);
                row.Column(10).Child(0).Child(1).AppendLong(i);
                row.Column(10).Child(0).EndStruct();
            }
            row.Column(8).EndList();
            row.Column(9).Child(0).AppendInt(i);
            row.Column(9).Child(1).AppendNull();
            row.Column(9).EndStruct();
            row.Column(10).EndList();
        }
        Assert.True(row.EndRow());
    }

    private static string? FindPython()
    {
        var roots = new List<string?> { Environment.GetEnvironmentVariable("K2I_PYTHON") };
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at)) roots.Add(Path.Join(at, "python"));
        return roots.OfType<string>().Select(r => Path.Join(r, "bin", "python")).FirstOrDefault(File.Exists);
    }
}
