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
        Judge(cases, Readers.DuckDb, Readers.ArrowRs, Readers.Hyparquet);
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
        Judge(cases, Readers.DuckDb, Readers.ArrowRs);
    }

    private (string File, List<string> Rows) Write(string name, RandomTable table, Schema schema, int seed)
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
            var ordinals = Enumerable.Range(0, random.Next(1, batch.Rows + 1)).Select(_ => random.Next(batch.Rows)).ToArray();
            writer.Write(batch, ordinals);
            rows.AddRange(ordinals.Select(o => json[o]));
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
