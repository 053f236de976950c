using System.Globalization;
using K2I.Columns;
using K2I.Memory;
using Xunit.Abstractions;

namespace K2I.Parquet.Tests;

/// <summary>
/// Random rows, written here, read and written again by others, and read here: the same values, whatever codec, page version, encoding and layout they
/// chose. (That others read what is written here right, other tests show.)
/// </summary>
public sealed class OtherWritersTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>What ClickHouse and hyparquet-writer have in common with the tables here.</summary>
    private static readonly PrimitiveType[] Plain = [PrimitiveType.Boolean, PrimitiveType.Int, PrimitiveType.Long, PrimitiveType.Float, PrimitiveType.Double, PrimitiveType.String, PrimitiveType.Binary];

    private readonly string folder = Directory.CreateTempSubdirectory("k2i-parquet-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [ReadersFact]
    public void WhatPolarsWritesIsRead() => Judge(Readers.Polars, seeds: 36, nested: true, ["uncompressed", "snappy", "gzip", "brotli", "lz4", "zstd"]);

    /// <summary>Its dictionaries hold one of both zeros.</summary>
    [ReadersFact]
    public void WhatDuckDbWritesIsRead() => Judge(Readers.DuckDb, seeds: 36, nested: true, ["uncompressed", "snappy", "gzip", "brotli", "lz4_raw", "zstd"], WithoutSignOfZeros);

    [ReadersFact]
    public void WhatClickHouseWritesIsRead() => Judge("clickhouse", seeds: 12, nested: false, ["none", "snappy", "gzip", "brotli", "lz4", "zstd"]);

    [ReadersFact]
    public void WhatHyparquetWriterWritesIsRead() => Judge("hyparquet-writer", seeds: 16, nested: false, ["UNCOMPRESSED", "SNAPPY", "GZIP", "BROTLI"]);

    private static string WithoutSignOfZeros(string row) => row.Replace("d8000000000000000", "d0000000000000000", StringComparison.Ordinal).Replace("f80000000", "f00000000", StringComparison.Ordinal);

    private static string Difference(string text, string other)
    {
        var from = Math.Max(0, text.AsSpan().CommonPrefixLength(other) - 40);
        return text.Substring(from, Math.Min(text.Length - from, 120));
    }

    private void Judge(string writer, int seeds, bool nested, string[] codecs, Func<string, string>? keeps = null)
    {
        keeps ??= text => text;
        var cases = new List<(string File, List<string> Rows, int Seed)>();
        var jobs = new List<string>();
        for (var seed = 501; seed < 501 + seeds; seed++)
        {
            var random = new Random(seed);
            var table = new RandomTable(seed) { NullPercent = seed % 4 * 25, Repeating = seed % 3 == 0 };
            var schema = !nested ? Schema.Of([.. Plain.SelectMany((t, i) => new[] { new Field(2 * i + 1, $"o{i}", t, false), new Field(2 * i + 2, $"r{i}", t, true) })])
                : seed % 3 == 1 ? table.FlatSchema() : table.NestedSchema(fields: 5, depth: 1 + seed % 4);
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 32 << 20);
            var batch = table.Fill(builder, random.Next(1, 3000), []);
            string from = Path.Combine(folder, $"{seed}-ours.parquet"), to = Path.Combine(folder, $"{seed}.parquet");
            File.WriteAllBytes(from, RoundTripTests.Write(schema, ParquetOptions.Default, batch));
            cases.Add((to, [.. Enumerable.Range(0, batch.Rows).Select(r => keeps(RowText.Of(batch, r)))], seed));
            var rowGroup = random.Next(2) == 0 ? 100_000 : random.Next(100, 3000);
            var pageBytes = random.Next(2) == 0 ? 1 << 20 : random.Next(64, 10_000);
            jobs.Add(string.Create(CultureInfo.InvariantCulture, $$"""{"from":"{{from}}","to":"{{to}}","codec":"{{codecs[seed % codecs.Length]}}","rows":{{rowGroup}},"pageBytes":{{pageBytes}},"version":"{{(seed / 2 % 2 == 0 ? "V1" : "V2")}}"}"""));
            output.WriteLine($"seed {seed}: {schema.Struct}");
        }
        Readers.Write(writer, jobs);
        foreach (var (file, rows, seed) in cases)
        {
            foreach (var options in new[] { ParquetReadOptions.Default, new ParquetReadOptions { BatchRows = 117, BatchBytes = 2000, ReadAheadBytes = 500 } })
            {
                using var reader = new ParquetReader(new MemorySource($"seed {seed} by {writer}", File.ReadAllBytes(file)), options);
                var read = RowText.All(reader).ConvertAll(r => keeps(r));
                Assert.True(rows.Count == read.Count, $"seed {seed} by {writer}: {read.Count} rows instead of {rows.Count}");
                for (var i = 0; i < rows.Count; i++) Assert.True(rows[i] == read[i], $"seed {seed} by {writer}, row {i}: {Difference(read[i], rows[i])} instead of {Difference(rows[i], read[i])}");
            }
        }
    }
}
