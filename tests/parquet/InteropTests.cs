using K2I.Columns;
using K2I.Memory;
using Xunit.Abstractions;

namespace K2I.Parquet.Tests;

public sealed class InteropTests(ITestOutputHelper output) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("k2i-parquet-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [ReadersFact]
    public void OtherReadersSeeTheFlatRowsThatWereWritten()
    {
        var cases = new List<(string File, List<string> Rows)>();
        for (var seed = 1; seed <= 12; seed++)
        {
            var table = new RandomTable(seed) { NullPercent = seed % 3 * 30, Repeating = seed % 4 == 0 };
            cases.Add(Write($"flat-{seed}", table, table.FlatSchema(), seed));
        }
        Judge(cases, Readers.DuckDb, Readers.ArrowRs, Readers.Polars, Readers.Hyparquet);
    }

    [ReadersFact]
    public void OtherReadersSeeTheNestedRowsThatWereWritten()
    {
        var cases = new List<(string File, List<string> Rows)>();
        for (var seed = 101; seed <= 140; seed++)
        {
            var table = new RandomTable(seed) { NullPercent = seed % 4 * 20, Repeating = seed % 5 == 0 };
            cases.Add(Write($"nested-{seed}", table, table.NestedSchema(fields: 4, depth: seed % 5), seed));
        }
        Judge(cases, Readers.DuckDb, Readers.ArrowRs, Readers.Polars);
    }

    /// <summary>Every encoding, both page versions, Bloom filters. DuckDB splits the bytes of floating-point numbers only; polars reads plain values and dictionaries of fixed-length bytes only.</summary>
    [ReadersFact]
    public void OtherReadersSeeTheRowsInEveryEncoding()
    {
        static bool DuckDbKnows(ColumnEncoding encoding, PrimitiveType type) => encoding != ColumnEncoding.ByteStreamSplit || type.Kind is TypeKind.Float or TypeKind.Double;
        static bool PolarsKnows(ColumnEncoding encoding, PrimitiveType type) => encoding <= ColumnEncoding.Plain || PhysicalTypes.Of(type) != PhysicalType.FixedLenByteArray;
        foreach (var (reader, knows, nested) in new (string, Func<ColumnEncoding, PrimitiveType, bool>?, bool)[] { (Readers.DuckDb, DuckDbKnows, true), (Readers.ArrowRs, null, true), (Readers.Polars, PolarsKnows, true), (Readers.Hyparquet, null, false) })
            Judge(Encoded(seeds: 16, nested, knows), reader);
        var plain = new List<(string File, List<string> Rows)>();
        for (var seed = 401; seed <= 410; seed++)
        {
            var table = new RandomTable(seed) { NullPercent = seed % 3 * 30, Repeating = true };
            var types = new[] { PrimitiveType.Boolean, PrimitiveType.Int, PrimitiveType.Long, PrimitiveType.Float, PrimitiveType.Double, PrimitiveType.String };
            plain.Add(Write($"plain-{seed}", table, Schema.Of([.. types.SelectMany((t, i) => new[] { new Field(2 * i + 1, $"o{i}", t, false), new Field(2 * i + 2, $"r{i}", t, true) })]), seed, encoded: true));
        }
        Judge(plain, Readers.ClickHouse);
    }

    [PyArrowFact]
    public void ArrowCppSeesTheRowsInEveryEncoding() => Judge(Encoded(seeds: 20, nested: true, null), Readers.PyArrow);

    [PyArrowFact]
    public void ArrowCppSeesTheRowsThatWereWrittenAndTheirChecksums()
    {
        var cases = new List<(string File, List<string> Rows)>();
        for (var seed = 201; seed <= 230; seed++)
        {
            var table = new RandomTable(seed) { NullPercent = seed % 4 * 20, Repeating = seed % 5 == 0 };
            cases.Add(Write($"arrow-{seed}", table, seed % 6 == 0 ? table.FlatSchema() : table.NestedSchema(fields: 4, depth: seed % 4), seed));
        }
        Judge(cases, Readers.PyArrow);
    }

    [ReadersFact]
    public void OtherReadersSeeExtremes()
    {
        var cases = new List<(string File, List<string> Rows)>();
        void Case(string name, Schema schema, ParquetOptions options, int rows, Action<BatchBuilder, int> append, Func<int, string> json)
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 128 << 20);
            for (var i = 0; i < rows; i++)
            {
                append(builder, i);
                Assert.True(builder.EndRow());
            }
            var file = Path.Combine(folder, $"{name}.parquet");
            var (written, _) = WriterTests.Write(schema, options, w => w.Write(builder.View(), 0, rows));
            File.WriteAllBytes(file, written.Bytes);
            cases.Add((file, [.. Enumerable.Range(0, rows).Select(json)]));
        }

        var text = Schema.Of(new Field(1, "s", PrimitiveType.String, false));
        Case("none", text, ParquetOptions.Default, 0, (_, _) => { }, _ => "");
        Case("nulls", text, ParquetOptions.Default, 50_000, (b, _) => b.FillMissing(), _ => "{\"s\":null}");
        Case("empty", text, ParquetOptions.Default, 50_000, (b, _) => b.Column(0).AppendBytes([]), _ => "{\"s\":\"\"}");
        Case("nulls-then-values", text, new() { PageRows = 100 }, 1000, (b, i) => { if (i < 300) b.FillMissing(); else b.Column(0).AppendBytes("v"u8); }, i => i < 300 ? "{\"s\":null}" : "{\"s\":\"v\"}");
        Case("huge", text, ParquetOptions.Default, 9, (b, i) => b.Column(0).AppendBytes(Huge(i)), i => $"{{\"s\":\"{System.Text.Encoding.ASCII.GetString(Huge(i))}\"}}");

        DataType deep = PrimitiveType.Long;
        for (var i = 0; i < 40; i++) deep = i % 2 == 0 ? ListType.Of(100 + i, deep) : new StructType([new Field(100 + i, "x", deep, false)]);
        var nested = Schema.Of(new Field(1, "d", deep, false));
        Case("deep", nested, ParquetOptions.Default, 80, (b, i) => Deep(b.Column(0), i), DeepJson);

        var wide = Schema.Of([.. Enumerable.Range(1, 1000).Select(i => new Field(i, $"c{i}", PrimitiveType.Int, i % 2 == 0))]);
        Case("wide", wide, ParquetOptions.Default, 3, (b, i) => { for (var c = 0; c < 1000; c++) b.Column(c).AppendInt(i * c); },
            i => $"{{{string.Join(',', Enumerable.Range(0, 1000).Select(c => $"\"c{c + 1}\":{i * c}"))}}}");
        Judge(cases, Readers.DuckDb, Readers.ArrowRs, Readers.Polars);
        Judge([.. cases.Where(c => !c.File.Contains("deep", StringComparison.Ordinal))], Readers.Hyparquet);
    }

    [ReadersFact]
    public void EveryCodecAndTimestampOfNanosecondsInUtc()
    {
        var cases = new List<(string File, List<string> Rows)>();
        var schema = Schema.Of(new Field(1, "t", PrimitiveType.TimestampTzNs, false), new Field(2, "s", PrimitiveType.String, false));
        foreach (var codec in Enum.GetValues<ParquetCodec>())
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
            var rows = new List<string>();
            for (var i = 0; i < 3000; i++)
            {
                builder.Column(0).AppendLong(i * 1_000_000_007L - 1);
                var time = DateTime.UnixEpoch.AddTicks((long)Math.Floor((i * 1_000_000_007L - 1) / 100.0));
                builder.Column(1).AppendBytes(System.Text.Encoding.ASCII.GetBytes(new string((char)('a' + i % 26), i % 300)));
                Assert.True(builder.EndRow());
                rows.Add($"{{\"t\":\"{time:yyyy-MM-ddTHH:mm:ss.fffffff}{((i * 1_000_000_007L - 1) % 100 + 100) % 100:D2}+00:00\",\"s\":\"{new string((char)('a' + i % 26), i % 300)}\"}}");
            }
            var file = Path.Combine(folder, $"{codec}.parquet");
            var (written, _) = WriterTests.Write(schema, new() { Codec = codec, CompressionLevel = codec is ParquetCodec.Zstd or ParquetCodec.Gzip ? 3 : 0 }, w => w.Write(builder.View(), 0, 3000));
            File.WriteAllBytes(file, written.Bytes);
            cases.Add((file, rows));
        }
        Judge(cases, Readers.ArrowRs, Readers.Polars, Readers.Hyparquet);
    }

    [ReadersFact]
    public void FiltersFindTheirRowsThroughStatisticsAndIndexes()
    {
        var schema = Schema.Of(new Field(1, "n", PrimitiveType.Long, false), new Field(2, "s", PrimitiveType.String, false), new Field(3, "d", PrimitiveType.Decimal(30, 2), false), new Field(4, "f", PrimitiveType.Double, false));
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
        for (var i = 0; i < 20_000; i++)
        {
            builder.Column(0).AppendLong(i - 10_000);
            builder.Column(1).AppendBytes(System.Text.Encoding.UTF8.GetBytes($"{new string('é', 40)}{i:D6}"));
            builder.Column(2).AppendDecimal((i - 10_000) * 100);
            builder.Column(3).AppendDouble(i % 100 == 0 ? double.NaN : i - 10_000);
            Assert.True(builder.EndRow());
        }
        var file = Path.Combine(folder, "filter.parquet");
        var (written, _) = WriterTests.Write(schema, new() { PageRows = 500, RowGroupBytes = 100_000 }, w => w.Write(builder.View(), 0, 20_000));
        Assert.True(written.RowGroups.Count > 3);
        File.WriteAllBytes(file, written.Bytes);
        foreach (var condition in new[] { "n = -7777", "d = -7777.00", $"s = '{new string('é', 40)}002223'", "f = -7777", "n between -7777 and -7777 and d < 0" })
        {
            var row = Assert.Single(Readers.Rows(Readers.DuckDb, [file], "--where", condition)[0]);
            Assert.StartsWith("{\"n\":-7777,", row, StringComparison.Ordinal);
        }
        var paged = Assert.Single(Readers.Rows(Readers.Hyparquet, [file], "--filter", $"{{\"s\":{{\"$eq\":\"{new string('é', 40)}002223\"}}}}")[0]);
        Assert.StartsWith("{\"n\":-7777,", paged, StringComparison.Ordinal);
        var statistics = Readers.Rows(Readers.DuckDb, [file], "--sql", "SELECT min(n) AS a, max(n) AS b, min(s) AS c, max(d) AS d, count(*) FILTER (isnan(f)) AS e FROM $file")[0];
        Assert.Equal([$"{{\"a\":-10000,\"b\":9999,\"c\":\"{new string('é', 40)}000000\",\"d\":\"9999.00\",\"e\":200}}"], statistics);
    }

    [ReadersFact]
    public void BloomFiltersAreAskedByOthers()
    {
        var schema = Schema.Of(new Field(1, "n", PrimitiveType.Long, false), new Field(2, "s", PrimitiveType.String, false), new Field(3, "d", PrimitiveType.Double, false));
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
        for (var i = 0; i < 10_000; i++)
        {
            builder.Column(0).AppendLong(i * 3);
            builder.Column(1).AppendBytes(System.Text.Encoding.UTF8.GetBytes($"value {i * 3}"));
            builder.Column(2).AppendDouble(i % 50 * 3);
            Assert.True(builder.EndRow());
        }
        var file = Path.Combine(folder, "bloom.parquet");
        File.WriteAllBytes(file, WriterTests.Write(schema, new() { RowGroupBytes = 50_000, BloomFilters = ["n", "s", "d"] }, w => w.Write(builder.View(), 0, 10_000)).File.Bytes);
        foreach (var (column, there, missing) in new[] { ("n", "15000", "15001"), ("s", "value 15000", "value 15001"), ("d", "147", "148") })
        {
            string[] Excluded(string value) => Readers.Rows(Readers.DuckDb, [file], "--sql", $"SELECT count(*) AS groups, count(*) FILTER (bloom_filter_excludes) AS excluded FROM parquet_bloom_probe('{file}', '{column}', '{value}')")[0];
            var found = System.Text.Json.JsonDocument.Parse(Assert.Single(Excluded(there))).RootElement;
            var absent = System.Text.Json.JsonDocument.Parse(Assert.Single(Excluded(missing))).RootElement;
            var groups = found.GetProperty("groups").GetInt64();
            Assert.True(groups > 1, $"{groups} row groups");
            Assert.True(found.GetProperty("excluded").GetInt64() < groups, $"{column}: {there} is not found");
            Assert.True(absent.GetProperty("excluded").GetInt64() > groups * 8 / 10, $"{column}: {missing} is ruled out in {absent} only");
        }
    }

    private static byte[] Huge(int i) => [.. Enumerable.Repeat((byte)('a' + i), i % 3 == 0 ? 3_000_000 : i % 3 == 1 ? 10 : 1_100_000)];

    /// <summary>Row i is null, or empty, at the i-th of the forty levels.</summary>
    private static void Deep(ColumnBuilder column, int i, int level = 39)
    {
        if (i / 2 == 39 - level && i % 2 == 0)
        {
            column.AppendNull();
        }
        else if (level < 0)
        {
            column.AppendLong(i);
        }
        else if (level % 2 == 1)
        {
            Deep(column.Child(0), i, level - 1);
            column.EndStruct();
        }
        else
        {
            if (i / 2 != 39 - level) Deep(column.Child(0), i, level - 1);
            column.EndList();
        }
    }

    private static string DeepJson(int i)
    {
        string Value(int level) => i / 2 == 39 - level && i % 2 == 0 ? "null"
            : level < 0 ? $"{i}"
            : level % 2 == 1 ? $"{{\"x\":{Value(level - 1)}}}"
            : i / 2 == 39 - level ? "[]" : $"[{Value(level - 1)}]";
        return $"{{\"d\":{Value(39)}}}";
    }

    private List<(string File, List<string> Rows)> Encoded(int seeds, bool nested, Func<ColumnEncoding, PrimitiveType, bool>? knows)
    {
        var cases = new List<(string File, List<string> Rows)>();
        for (var seed = 301; seed < 301 + seeds; seed++)
        {
            var table = new RandomTable(seed) { NullPercent = seed % 4 * 25, Repeating = seed % 3 == 0 };
            cases.Add(Write($"encoded-{seed}", table, nested && seed % 2 == 0 ? table.NestedSchema(fields: 5, depth: seed % 4) : table.FlatSchema(), seed, encoded: true, knows));
        }
        return cases;
    }

    private (string File, List<string> Rows) Write(string name, RandomTable table, Schema schema, int seed, bool encoded = false, Func<ColumnEncoding, PrimitiveType, bool>? knows = null)
    {
        var random = new Random(seed);
        output.WriteLine($"{name}: seed {seed}");
        var options = new ParquetOptions
        {
            Codec = Enum.GetValues<ParquetCodec>()[seed % 5],
            PageRows = random.Next(2) == 0 ? random.Next(1, 200) : 20_000,
            PageBytes = random.Next(2) == 0 ? random.Next(1, 5000) : 1 << 20,
            RowGroupBytes = random.Next(2) == 0 ? random.Next(1, 200_000) : 128 << 20,
            DictionaryBytes = random.Next(3) switch { 0 => 0, 1 => random.Next(1, 2000), _ => 2 << 20 },
        };
        if (encoded) options = RandomOptions.With(options, schema, random, knows);
        var sink = new MemorySink();
        using var writer = new ParquetWriter(schema, options, sink);
        var rows = new List<string>();
        for (var batches = random.Next(1, 4); batches > 0; batches--)
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 64 << 20);
            var json = new List<string>();
            var batch = table.Fill(builder, random.Next(1, 1500), json);
            if (random.Next(2) == 0)
            {
                var from = random.Next(batch.Rows);
                writer.Write(batch, from, batch.Rows);
                rows.AddRange(json[from..]);
                continue;
            }
            var ordinals = Enumerable.Range(0, random.Next(1, batch.Rows + 1)).Select(_ => new Ordinal(random.Next(batch.Rows))).ToArray();
            writer.Write(batch, ordinals);
            rows.AddRange(ordinals.Select(o => json[o.Value]));
        }
        var result = writer.Finish();
        Assert.Equal(sink.Bytes.Length, result.Bytes);
        Assert.Equal(rows.Count, result.Rows);
        var file = Path.Combine(folder, $"{name}.parquet");
        File.WriteAllBytes(file, sink.Bytes);
        return (file, rows);
    }

    private static void Judge(List<(string File, List<string> Rows)> cases, params string[] readers)
    {
        foreach (var reader in readers)
        {
            var read = Readers.Rows(reader, [.. cases.Select(c => c.File)]);
            Assert.Equal(cases.Count, read.Count);
            for (var i = 0; i < cases.Count; i++) JsonRows.AssertEqual(cases[i].Rows, read[i], $"{Path.GetFileName(cases[i].File)} by {reader}");
        }
    }
}
