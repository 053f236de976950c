using K2I.Arrow;
using K2I.Arrow.Tests;
using K2I.Columns;
using K2I.Memory;
using ParquetSharp;
using ParquetSharp.Arrow;
using Xunit.Abstractions;

namespace K2I.Parquet.Tests;

/// <summary>
/// ParquetSharp (Arrow C++ in this process) as judge in both directions: random rows of random schemas, through Arrow's memory on its side.
/// </summary>
public sealed class ParquetSharpTests(ITestOutputHelper output) : IDisposable
{
    private static readonly Compression[] Codecs =
        [Compression.Uncompressed, Compression.Snappy, Compression.Gzip, Compression.Brotli, Compression.Lz4, Compression.Zstd];

    private readonly string folder = Directory.CreateTempSubdirectory("k2i-parquet-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task WhatIsWrittenIsRead()
    {
        for (var seed = 701; seed <= 760; seed++)
        {
            var random = new Random(seed);
            var table = Table(seed);
            var schema = SchemaOf(table, seed);
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 32 << 20);
            var json = new List<string>();
            var batch = table.Fill(builder, random.Next(1, 1500), json);
            var codec = Enum.GetValues<ParquetCodec>()[seed % 5];
            var options = RandomOptions.With(new ParquetOptions { Codec = codec, PageRows = random.Next(1, 2000) }, schema, random);
            var file = Path.Combine(folder, $"{seed}.parquet");
            File.WriteAllBytes(file, RoundTripTests.Write(schema, options, batch));

            using var reader = new FileReader(file);
            using var rows = reader.GetRecordBatchReader();
            var read = new List<string>();
            while (await rows.ReadNextRecordBatchAsync() is { } part)
                using (part) read.AddRange(ArrowText.Rows(part, schema.Fields));
            JsonRows.AssertEqual(json, read, $"seed {seed}");
        }
    }

    [Fact]
    public void WhatItWritesIsRead()
    {
        for (var seed = 801; seed <= 860; seed++)
        {
            var random = new Random(seed);
            var table = Table(seed);
            var schema = SchemaOf(table, seed);
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 32 << 20);
            var batch = table.Fill(builder, random.Next(1, 1500), []);
            var file = Path.Combine(folder, $"{seed}.parquet");
            Write(file, batch, Codecs[seed % Codecs.Length], random);

            var source = new MemorySource($"seed {seed}", File.ReadAllBytes(file));
            using var reader = new ParquetReader(source, new ParquetReadOptions { BatchRows = random.Next(1, 2000) });
            Assert.Equal(Enumerable.Range(0, batch.Rows).Select(r => RowText.Of(batch, r)), RowText.All(reader));
        }
    }

    private static RandomTable Table(int seed) => new(seed)
    {
        NullPercent = seed % 4 * 25,
        Repeating = seed % 3 == 0,
        Types = [.. RandomTable.AllTypes, PrimitiveType.TimestampTzNs],
    };

    private static void Write(string file, Batch batch, Compression codec, Random random)
    {
        var bridge = new ArrowBridge(batch.Schema);
        using var layout = new WriterPropertiesBuilder();
        layout.Compression(codec).DataPagesize(random.Next(64, 20_000)).EnablePageChecksum();
        layout.DataPageVersion(random.Next(2) == 0 ? ParquetDataPageVersion.V1 : ParquetDataPageVersion.V2);
        if (random.Next(2) == 0) layout.DisableDictionary();
        using var properties = layout.Build();
        using var writer = new FileWriter(file, bridge.Schema, properties);
        var cut = random.Next(batch.Rows + 1);
        using (var first = bridge.Wrap(batch, 0, cut)) writer.WriteRecordBatch(first);
        using (var rest = bridge.Wrap(batch, cut, batch.Rows)) writer.WriteRecordBatch(rest);
        writer.Close();
    }

    private Schema SchemaOf(RandomTable table, int seed)
    {
        var schema = seed % 3 == 1 ? table.FlatSchema() : table.NestedSchema(fields: 5, depth: 1 + seed % 4);
        output.WriteLine($"seed {seed}: {schema.Struct}");
        return schema;
    }
}
