using System.Security.Cryptography;
using System.Text;
using K2I.Base;
using Xunit.Abstractions;

namespace K2I.Parquet.Tests;

public class CorpusTests(ITestOutputHelper output)
{
    /// <summary>Every file of the corpus: what it holds, or how it is refused.</summary>
    private static readonly Dictionary<string, Expectation> Expected = Lines(Path.Join(AppContext.BaseDirectory, "corpus.txt"));

    /// <summary>Encrypted files are in the list as refused; geospatial and variant files are not in this copy of the corpus.</summary>
    [CorpusFact]
    public void EveryFileIsInTheList() => Assert.Equal(Corpus.All(), Expected.Keys.Order(StringComparer.Ordinal));

    [CorpusFact]
    public void EveryFileReadsAsTheReferenceReadsItOrIsRefusedAsTheListSays()
    {
        var problems = new List<string>();
        foreach (var (name, expected) in Expected)
        {
            try
            {
                using var reader = Corpus.Open(name);
                var rows = RowText.All(reader);
                var text = string.Concat(rows.Select(r => r + "\n"));
                if (Environment.GetEnvironmentVariable("K2I_DUMP") is { Length: > 0 } folder) File.WriteAllText(Path.Join(folder, Path.GetFileName(name) + ".txt"), text);
                if (expected.Error is not null) problems.Add($"{name}: {rows.Count} rows, not an error");
                else if (rows.Count != expected.Rows) problems.Add($"{name}: {rows.Count} rows, not {expected.Rows}");
                else if (Hash(text) != expected.Hash) problems.Add($"{name}: other values ({Hash(text)})");
            }
            catch (EngineException error)
            {
                if (error.Kind != expected.Kind || !error.Message.Contains(expected.Error!, StringComparison.Ordinal) || !error.Message.Contains(Path.GetFileName(name), StringComparison.Ordinal)) problems.Add($"{name}: {error.Kind} {error.Message}");
            }
        }
        output.WriteLine($"{Expected.Values.Count(e => e.Error is null)} files with values, {Expected.Values.Count(e => e.Error is not null)} refused");
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    /// <summary>A folder of any files, with what expect.py printed about them in <c>corpus.txt</c> there.</summary>
    [Fact]
    public void FilesOfOtherWritersReadAsTheReferenceReadsThem()
    {
        if (Environment.GetEnvironmentVariable("K2I_PARQUET_FILES") is not { Length: > 0 } folder)
        {
            output.WriteLine("skipped: K2I_PARQUET_FILES names no folder");
            return;
        }
        var problems = new List<string>();
        var read = 0;
        foreach (var (name, expected) in Lines(Path.Join(folder, "corpus.txt")))
        {
            foreach (var options in new[] { ParquetReadOptions.Default, new ParquetReadOptions { BatchRows = 13, BatchBytes = 100, ReadAheadBytes = 50 } })
            {
                try
                {
                    using var reader = new ParquetReader(new MemorySource(name, File.ReadAllBytes(Path.Join(folder, name))), options);
                    var rows = RowText.All(reader);
                    var text = string.Concat(rows.Select(r => r + "\n"));
                    if (Environment.GetEnvironmentVariable("K2I_DUMP") is { Length: > 0 } dump) File.WriteAllText(Path.Join(dump, name + ".txt"), text);
                    if (Hash(text) != expected.Hash) problems.Add($"{name}: {rows.Count} rows of {expected.Rows}, other values");
                    read++;
                }
                catch (EngineException error)
                {
                    problems.Add($"{name}: {error.Message}");
                }
            }
        }
        output.WriteLine($"{read} readings");
        Assert.True(problems.Count == 0, string.Join('\n', problems));
    }

    [CorpusFact]
    public void DamagedChecksumsAreErrorsUnlessTheyAreNotWanted()
    {
        foreach (var name in new[] { "datapage_v1-corrupt-checksum.parquet", "rle-dict-uncompressed-corrupt-checksum.parquet" })
        {
            using var checks = Corpus.Open(name);
            Assert.Contains("checksum", Assert.Throws<EngineException>(() => RowText.All(checks)).Message, StringComparison.Ordinal);
            using var trusts = Corpus.Open(name, new ParquetReadOptions { VerifyChecksums = false });
            Assert.Equal(trusts.Rows, RowText.All(trusts).Count);
        }
    }

    [CorpusFact]
    public void MapKeysThatAreNotMarkedRequiredAreReadAllTheSame()
    {
        using var reader = Corpus.Open("incorrect_map_schema.parquet");
        Assert.Equal("map<string, string>", reader.Schema.Fields[0].Type.ToString());
    }

    /// <summary>Two strings of a gigabyte each: pages larger than the usual limit, a column of more than 2 GiB.</summary>
    [CorpusFact]
    public void StringsOfAGigabyteAreReadWhereTheLimitsAllow()
    {
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - GC.GetGCMemoryInfo().MemoryLoadBytes < 10L << 30)
        {
            output.WriteLine("skipped: less than 10 GiB of memory");
            return;
        }
        using var reader = Corpus.Open("large_string_map.brotli.parquet", new ParquetReadOptions { MaxPageBytes = int.MaxValue, MaxMemoryBytes = 10L << 30 });
        var rows = 0;
        while (reader.TryRead(out var batch))
        {
            for (var row = 0; row < batch.Rows; row++, rows++)
            {
                var map = batch.Columns[0];
                Assert.Equal(1, map.Offsets[row + 1] - map.Offsets[row]);
                var key = map.Children[0].Children[0].Bytes(map.Offsets[row]);
                Assert.Equal((1 << 30, -1, 1), (key.Length, key.IndexOfAnyExcept((byte)'a'), map.Children[0].Children[1].Value<int>(map.Offsets[row])));
            }
        }
        Assert.Equal(2, rows);
    }

    [CorpusFact]
    public void SmallBatchesGiveTheSameRows()
    {
        foreach (var name in Expected.Where(e => e.Value is { Error: null, Rows: < 2000 }).Select(e => e.Key))
        {
            using var whole = Corpus.Open(name);
            using var pieces = Corpus.Open(name, new ParquetReadOptions { BatchRows = 3, BatchBytes = 16, ReadAheadBytes = 7 });
            Assert.Equal(RowText.All(whole), RowText.All(pieces));
        }
    }

    /// <summary>Lines of <c>name rows hash</c>, or <c>name kind part of the error</c>.</summary>
    private static Dictionary<string, Expectation> Lines(string file) =>
        File.ReadLines(file).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(' ', 3)).ToDictionary(
            p => p[0],
            p => int.TryParse(p[1], out var rows) ? new Expectation(rows, p[2], null, null) : new Expectation(0, null, Enum.Parse<ErrorKind>(p[1]), p[2]));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed record Expectation(int Rows, string? Hash, ErrorKind? Kind, string? Error);
}
