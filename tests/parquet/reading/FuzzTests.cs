using K2I.Base;
using K2I.Columns;
using K2I.Kit;
using K2I.Memory;
using Xunit.Abstractions;

namespace K2I.Parquet.Tests;

public class FuzzTests(ITestOutputHelper output)
{
    private const int CorpusFileBytes = 20_000, RowLimit = 100_000;

    /// <summary><c>K2I_FUZZ</c> asks for more.</summary>
    private static readonly int Count = int.TryParse(Environment.GetEnvironmentVariable("K2I_FUZZ"), out var count) ? count : 4000;

    private static readonly ParquetReadOptions Limits = new() { BatchRows = 1000, MaxPageBytes = 8 << 20, MaxMemoryBytes = 64 << 20, VerifyChecksums = false };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void DamagedFilesEndInAnErrorOrInRowsNeverOtherwise(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var files = Files(seed).ToList();
        var before = MemoryLedger.Bytes(MemoryTag.Parquet);
        var outcomes = new SortedDictionary<string, int>();
        for (var i = 0; i < Count; i++)
        {
            var (name, original) = files[random.Next(files.Count)];
            var file = Mutate(original, random);
            var outcome = "rows";
            try
            {
                Consume(name, file, random.Next(2) == 0);
            }
            catch (EngineException error)
            {
                Assert.True(error.Kind is ErrorKind.Corrupt or ErrorKind.Unsupported or ErrorKind.Full, error.Message);
                Assert.Contains(name, error.Message, StringComparison.Ordinal);
                outcome = error.Kind.ToString();
            }
            catch (Exception error)
            {
                if (Environment.GetEnvironmentVariable("K2I_DUMP") is { Length: > 0 } folder) File.WriteAllBytes(Path.Join(folder, $"fuzz-{seed}-{i}-{name}"), file);
                throw new InvalidOperationException($"seed {seed}, file {i} of {name}", error);
            }
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
        }
        output.WriteLine(string.Join(", ", outcomes.Select(o => $"{o.Key} {o.Value}")));
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Parquet));
    }

    /// <summary>Names are in a footer once, and in the path of every column below them.</summary>
    [Fact]
    public void LongNamesOfNestedFieldsTakeNoMoreMemoryThanTheyMay()
    {
        const int depth = 60, columns = 2000;
        var name = new string('n', 20_000);
        using var thrift = new ThriftWriter();
        thrift.BeginList(2, ThriftWriter.Struct, depth + columns);
        for (var i = 0; i < depth + columns; i++)
        {
            thrift.BeginElement();
            if (i >= depth) thrift.WriteI32(1, (int)PhysicalType.Int32);
            thrift.WriteI32(3, 0);
            thrift.WriteString(4, i < depth ? name : "c");
            if (i < depth) thrift.WriteI32(5, i == depth - 1 ? columns : 1);
            thrift.EndStruct();
        }
        thrift.End();
        byte[] file = [.. "PAR1"u8, .. thrift.Written, .. BitConverter.GetBytes(thrift.Length), .. "PAR1"u8];
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<EngineException>(() => new ParquetReader(new MemorySource("names", file)));
        Assert.Equal(ErrorKind.Unsupported, error.Kind);
        Assert.Contains("names of its columns", error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 30);
    }

    /// <summary>Reads all, or by the indexes every other page of some column, after asking for everything that a row group tells.</summary>
    private static void Consume(string name, byte[] file, bool byPages)
    {
        using var reader = new ParquetReader(new MemorySource(name, file), Limits);
        reader.Select(new ReadRequest
        {
            Schema = reader.Schema,
            Keep = group =>
            {
                for (var id = 0; id < 60; id++) group.TryGet(id, out _);
                return true;
            },
            Rows = group =>
            {
                if (!byPages) return null;
                var chosen = RowSelection.All(group.Rows);
                for (var id = 0; id < 60; id++)
                {
                    if (!group.TryGet(id, out var statistics)) continue;
                    if (statistics.Min is { } min) group.MayContain(id, min.Span);
                    var page = 0;
                    chosen = chosen.And(group.RowsWhere(id, _ => page++ % 2 == 0));
                    if (chosen.Rows == 0) return RowSelection.All(group.Rows);
                    if (chosen.Rows < group.Rows) break;
                }
                return chosen;
            },
        });
        long rows = 0, sum = 0;
        while (rows < RowLimit && reader.TryRead(out var batch))
        {
            Assert.True(batch.Rows is > 0 and <= 1000);
            rows += batch.Rows;
            foreach (var column in batch.Columns) sum += Touch(column);
        }
    }

    /// <summary>Looks at every byte that the view says is there.</summary>
    private static long Touch(ColumnView column)
    {
        long sum = 0;
        foreach (var b in column.Validity) sum += b;
        foreach (var b in column.ValueBytes) sum += b;
        if (column.Layout is ColumnLayout.Bytes or ColumnLayout.List)
        {
            var last = 0;
            foreach (var offset in column.Offsets)
            {
                Assert.True(offset >= last);
                last = offset;
            }
        }
        foreach (var child in column.Children) sum += Touch(child);
        return sum;
    }

    internal static IEnumerable<(string Name, byte[] Bytes)> Files(int seed)
    {
        foreach (var codec in Enum.GetValues<ParquetCodec>())
        {
            var table = new RandomTable(seed * 10 + (int)codec);
            var schema = codec == ParquetCodec.Snappy ? table.FlatSchema() : table.NestedSchema(4, 3);
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 4 << 20);
            var batch = table.Fill(builder, 60, []);
            var options = ParquetOptions.Default with { Codec = codec, PageRows = 20, PageIndex = false };
            yield return ($"own-{codec}", RoundTripTests.Write(schema, options, batch));
            yield return ($"encoded-{codec}", RoundTripTests.Write(schema, RandomOptions.With(options with { PageIndex = true, RowGroupBytes = 4000 }, schema, new Random(seed)), batch));
        }
        if (Corpus.Folder is null) yield break;
        foreach (var name in Corpus.All().Where(n => n.EndsWith(".parquet", StringComparison.Ordinal)))
        {
            var path = Path.Join(Corpus.Folder, "data", name);
            if (new FileInfo(path).Length <= CorpusFileBytes && Path.GetFileName(name) != "large_string_map.brotli.parquet") yield return (name, File.ReadAllBytes(path));
        }
    }

    /// <summary>Footers and page headers are where a byte matters most.</summary>
    internal static byte[] Mutate(byte[] original, Random random) =>
        ChangedBytes.Of(random, original, random.Next(1, 6), resizing: 2, tail: 600);
}
