using K2I.Arrow.Tests;
using K2I.Base;
using K2I.Columns;
using K2I.Memory;
using ParquetSharp;
using ParquetSharp.Arrow;
using Xunit.Abstractions;

namespace K2I.Parquet.Tests;

/// <summary>
/// Files put together by copying row groups are files like others: every reader finds the rows of the parts, in their order.
/// </summary>
public sealed class ConcatTests(ITestOutputHelper output) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("k2i-parquet-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task ArrowAndThisReaderFindTheRowsOfAllParts()
    {
        for (var seed = 901; seed <= 930; seed++)
        {
            output.WriteLine($"seed {seed}");
            var random = new Random(seed);
            var (schema, parts, json) = Parts(seed, random);
            var bytes = Concat(parts);
            File.WriteAllBytes(Path.Combine(folder, "one.parquet"), bytes);
            using (var reader = new FileReader(Path.Combine(folder, "one.parquet")))
            {
                using var rows = reader.GetRecordBatchReader();
                var read = new List<string>();
                while (await rows.ReadNextRecordBatchAsync() is { } part)
                    using (part) read.AddRange(ArrowText.Rows(part, schema.Fields));
                JsonRows.AssertEqual(json, read, $"seed {seed}");
            }
            using var own = new ParquetReader(new MemorySource($"seed {seed}", bytes));
            Assert.Equal(parts.SelectMany(RowsOf), RowText.All(own));
        }
    }

    [Fact]
    public void PagesIndexesAndBloomFiltersAreThoseOfTheParts()
    {
        for (var seed = 931; seed <= 950; seed++)
        {
            output.WriteLine($"seed {seed}");
            var (_, parts, _) = Parts(seed, new Random(seed));
            var one = new ParquetFile(Concat(parts));
            var group = 0;
            foreach (var part in parts.Select(p => new ParquetFile(p)))
                for (var at = 0; at < part.RowGroups.Count; at++, group++)
                    for (var column = 0; column < part.Chunks(at).Count; column++)
                    {
                        var (before, after) = (part.Pages(at, column), one.Pages(group, column));
                        Assert.Equal(before.Select(p => p.Stored), after.Select(p => p.Stored));
                        var (old, moved) = (part.Chunks(at)[column], one.Chunks(group)[column]);
                        var pages = one.At(moved.Int(4)).Structs(1).ToList();
                        // A dictionary has no place in the index.
                        Assert.Equal(after.Select(p => p.Offset).TakeLast(pages.Count), pages.Select(p => p.Int(1)));
                        Assert.Equal(part.Bytes.AsSpan((int)old.Int(6), (int)old.Int(7)),
                            one.Bytes.AsSpan((int)moved.Int(6), (int)moved.Int(7)));
                        var (filter, copied) = (part.Column(at, column), one.Column(group, column));
                        Assert.Equal(filter.Has(14), copied.Has(14));
                        if (!filter.Has(14)) continue;
                        var length = (int)filter.Int(15);
                        Assert.Equal(part.Bytes.AsSpan((int)filter.Int(14), length), one.Bytes.AsSpan((int)copied.Int(14), length));
                    }
            Assert.Equal(one.RowGroups.Count, group);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void DamagedFilesAreRefusedOrCopiedNeverOtherwise(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var files = FuzzTests.Files(seed).ToList();
        var before = MemoryLedger.Bytes(MemoryTag.Parquet);
        for (var i = 0; i < 3000; i++)
        {
            var (name, original) = files[random.Next(files.Count)];
            try
            {
                var source = new RowGroupSource(new MemorySource(name, FuzzTests.Mutate(original, random)));
                if (source.IsComplete && source.RowGroups > 0) Concat(source);
            }
            catch (EngineException error)
            {
                Assert.True(error.Kind is ErrorKind.Corrupt or ErrorKind.Unsupported, error.Message);
                Assert.Contains(name, error.Message, StringComparison.Ordinal);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}, file {i} of {name}", error);
            }
        }
        Assert.Equal(before, MemoryLedger.Bytes(MemoryTag.Parquet));
    }

    private static byte[] Concat(IEnumerable<byte[]> parts) =>
        Concat([.. parts.Select(p => new RowGroupSource(new MemorySource("part", p)))]);

    private static byte[] Concat(params RowGroupSource[] parts)
    {
        var sink = new MemorySink();
        using var buffers = new ParquetBuffers(0);
        using var concat = new ParquetConcat(sink, buffers);
        foreach (var part in parts)
        {
            Assert.True(part.IsComplete);
            for (var group = 0; group < part.RowGroups; group++) concat.Append(part, group);
        }
        concat.SetMetadata("key", "value");
        Assert.NotEmpty(concat.Finish());
        return sink.Bytes;
    }

    private static List<string> RowsOf(byte[] file)
    {
        using var reader = new ParquetReader(new MemorySource("part", file));
        return RowText.All(reader);
    }

    /// <summary>Two to four files of one schema and layout, each of some row groups, and the rows' JSON.</summary>
    private static (Schema Schema, List<byte[]> Parts, List<string> Json) Parts(int seed, Random random)
    {
        var table = new RandomTable(seed) { NullPercent = seed % 4 * 25, Repeating = seed % 3 == 0 };
        var schema = seed % 3 == 1 ? table.FlatSchema() : table.NestedSchema(fields: 5, depth: 1 + (seed % 4));
        var codec = Enum.GetValues<ParquetCodec>()[seed % 5];
        var layout = new ParquetOptions { Codec = codec, PageRows = random.Next(10, 300), RowGroupBytes = random.Next(2_000, 60_000) };
        var options = RandomOptions.With(layout, schema, random);
        var (parts, json) = (new List<byte[]>(), new List<string>());
        for (var part = random.Next(2, 5); part > 0; part--)
        {
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 32 << 20);
            parts.Add(RoundTripTests.Write(schema, options, table.Fill(builder, random.Next(1, 900), json)));
        }
        return (schema, parts, json);
    }
}
