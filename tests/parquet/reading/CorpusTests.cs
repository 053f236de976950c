using System.Security.Cryptography;
using System.Text;
using K2I.Base;
using Xunit.Abstractions;

namespace K2I.Parquet.Tests;

public class CorpusTests(ITestOutputHelper output)
{
    /// <summary>What pyarrow reads (expect.py), but for the files it refuses: those are looked at in tests of their own.</summary>
    private static readonly Dictionary<string, (int Rows, string Hash)> Expected = Lines(Path.Join(AppContext.BaseDirectory, "corpus.txt"));

    [CorpusFact]
    public void EveryFileReadsAsTheReferenceReadsIt()
    {
        var problems = new List<string>();
        var read = 0;
        foreach (var name in Corpus.Files("data"))
        {
            if (!Expected.TryGetValue(name, out var expected))
            {
                output.WriteLine($"skipped: {name} (the reference refuses it)");
                continue;
            }
            try
            {
                using var reader = Corpus.Open("data", name);
                var rows = RowText.All(reader);
                var text = string.Concat(rows.Select(r => r + "\n"));
                if (Environment.GetEnvironmentVariable("K2I_DUMP") is { Length: > 0 } folder) File.WriteAllText(Path.Join(folder, name + ".txt"), text);
                if (rows.Count != expected.Rows) problems.Add($"{name}: {rows.Count} rows, not {expected.Rows}");
                else if (Hash(text) != expected.Hash) problems.Add($"{name}: other values");
                read++;
            }
            catch (EngineException error)
            {
                problems.Add($"{name}: {error.Message}");
            }
        }
        output.WriteLine($"{read} files");
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
            using var checks = Corpus.Open("data", name);
            Assert.Contains("checksum", Assert.Throws<EngineException>(() => RowText.All(checks)).Message, StringComparison.Ordinal);
            using var trusts = Corpus.Open("data", name, new ParquetReadOptions { VerifyChecksums = false });
            Assert.Equal(trusts.Rows, RowText.All(trusts).Count);
        }
    }

    [CorpusFact]
    public void MapKeysThatAreNotMarkedRequiredAreReadAllTheSame()
    {
        using var reader = Corpus.Open("data", "incorrect_map_schema.parquet");
        Assert.Equal("map<string, string>", reader.Schema.Fields[0].Type.ToString());
        foreach (var row in RowText.All(reader)) output.WriteLine(row);
    }

    [CorpusFact]
    public void APageThatUnpacksToMoreThanTheLimitIsRefused()
    {
        using var reader = Corpus.Open("data", "large_string_map.brotli.parquet");
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(() => reader.TryRead(out _)).Kind);
    }

    [CorpusFact]
    public void SmallBatchesGiveTheSameRows()
    {
        foreach (var name in Corpus.Files("data").Where(n => Expected.TryGetValue(n, out var e) && e.Rows < 2000))
        {
            using var whole = Corpus.Open("data", name);
            using var pieces = Corpus.Open("data", name, new ParquetReadOptions { BatchRows = 3, BatchBytes = 16, ReadAheadBytes = 7 });
            Assert.Equal(RowText.All(whole), RowText.All(pieces));
        }
    }

    [CorpusFact]
    public void BadDataIsAnError()
    {
        // Indices of no bits are legal where the dictionary has one value: the reference reads the file too.
        foreach (var name in Corpus.Files("bad_data").Where(n => n != "ARROW-GH-43605.parquet"))
        {
            var error = Assert.Throws<EngineException>(() =>
            {
                using var reader = Corpus.Open("bad_data", name);
                RowText.All(reader);
            });
            output.WriteLine(error.Message);
            Assert.Equal(ErrorKind.Corrupt, error.Kind);
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    private static Dictionary<string, (int Rows, string Hash)> Lines(string file) =>
        File.ReadLines(file).Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Split(' ')).ToDictionary(p => p[0], p => (int.Parse(p[1]), p[2]));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
