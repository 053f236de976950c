using Apache.Arrow;
using Apache.Arrow.Ipc;
using K2I.Columns;
using K2I.Memory;
using K2I.Parquet.Tests;
using Xunit.Abstractions;
using Schema = K2I.Columns.Schema;

namespace K2I.Arrow.Tests;

/// <summary>Random rows of random schemas, wrapped and written as Arrow streams: every reader sees what was appended.</summary>
public sealed class ArrowBridgeTests(ITestOutputHelper output) : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("k2i-arrow-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void ArrowsOwnReaderSeesTheRows()
    {
        foreach (var (seed, schema, stream, rows) in Streams(seeds: 60))
        {
            using var reader = new ArrowStreamReader(new MemoryStream(stream));
            Assert.Equal(Described(new ArrowBridge(schema).Schema), Described(reader.Schema));
            var read = new List<string>();
            while (reader.ReadNextRecordBatch() is { } batch)
                using (batch) read.AddRange(ArrowText.Rows(batch, schema.Fields));
            JsonRows.AssertEqual(rows, read, $"seed {seed}");
        }
    }

    [PyArrowFact]
    public void ArrowCppSeesTheRows() => Judge(Readers.PyArrow);

    [ReadersFact]
    public void ArrowJsSeesTheRows() => Judge(Readers.ArrowJs);

    [Fact]
    public unsafe void MemoryIsShared()
    {
        var table = new RandomTable(1);
        using var builder = new BatchBuilder(Types(table).FlatSchema(), MemoryTag.Scratch, 16 << 20);
        var batch = table.Fill(builder, 100, []);
        using var wrapped = new ArrowBridge(batch.Schema).Wrap(batch, 10, 90);
        for (var i = 0; i < batch.Columns.Length; i++)
        {
            fixed (byte* ours = batch.Columns[i].ValueBytes, theirs = wrapped.Column(i).Data.Buffers[^1].Span)
                Assert.Equal((nint)ours, (nint)theirs);
        }
    }

    [Fact]
    public void NoRowsAreAStreamOfTheSchemaAlone()
    {
        var schema = Types(new RandomTable(3)).NestedSchema(5, 3);
        using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 1 << 20);
        using var reader = new ArrowStreamReader(new MemoryStream(Write(schema, [(builder.View(), 0, 0)])));
        Assert.Equal(Described(new ArrowBridge(schema).Schema), Described(reader.Schema));
        Assert.Equal(0, reader.ReadNextRecordBatch().Length);
    }

    private static RandomTable Types(RandomTable table)
    {
        table.Types = [.. RandomTable.AllTypes, PrimitiveType.TimestampTzNs];
        return table;
    }

    private void Judge(string reader)
    {
        var cases = Streams(seeds: 30).ToList();
        var files = cases.ConvertAll(c => Path.Combine(folder, $"{c.Seed}.arrow"));
        for (var i = 0; i < files.Count; i++) File.WriteAllBytes(files[i], cases[i].Stream);
        var read = Readers.Rows(reader, files);
        for (var i = 0; i < files.Count; i++) JsonRows.AssertEqual(cases[i].Rows, read[i], $"seed {cases[i].Seed} by {reader}");
    }

    /// <summary>Streams of a few batches: whole ones, ranges of rows, and rows gathered from anywhere.</summary>
    private IEnumerable<(int Seed, Schema Schema, byte[] Stream, List<string> Rows)> Streams(int seeds)
    {
        for (var seed = 1; seed <= seeds; seed++)
        {
            var random = new Random(seed);
            var table = Types(new RandomTable(seed) { NullPercent = seed % 4 * 30, Repeating = seed % 5 == 0 });
            var schema = seed % 6 == 0 ? table.FlatSchema() : table.NestedSchema(fields: 5, depth: seed % 6);
            output.WriteLine($"seed {seed}: {schema.Struct}");
            using var builder = new BatchBuilder(schema, MemoryTag.Scratch, 32 << 20);
            var json = new List<string>();
            var batch = table.Fill(builder, random.Next(1, 500), json);
            int from = random.Next(batch.Rows), to = random.Next(from, batch.Rows + 1);
            var ordinals = Enumerable.Range(0, random.Next(1, 600)).Select(_ => new Ordinal(random.Next(batch.Rows))).ToArray();
            using var gather = new RowGather(schema, MemoryTag.Scratch);
            gather.Take(batch, [new Ordinal(random.Next(batch.Rows))]);
            var gathered = gather.Take(batch, ordinals);
            var stream = Write(schema, [(batch, 0, batch.Rows), (batch, from, to), (gathered, 0, ordinals.Length)]);
            yield return (seed, schema, stream, [.. json, .. json[from..to], .. ordinals.Select(o => json[o.Value])]);
        }
    }

    private static byte[] Write(Schema schema, params (Batch Batch, int From, int To)[] parts)
    {
        var bridge = new ArrowBridge(schema);
        var stream = new MemoryStream();
        using var writer = new ArrowStreamWriter(stream, bridge.Schema);
        foreach (var (batch, from, to) in parts) writer.WriteRecordBatch(bridge.Wrap(batch, from, to));
        writer.WriteEnd();
        return stream.ToArray();
    }

    private static string Described(Apache.Arrow.Schema schema) => string.Join(", ", schema.FieldsList.Select(Described));

    private static string Described(Apache.Arrow.Field field)
    {
        var type = field.DataType;
        var details = type switch
        {
            Apache.Arrow.Types.Decimal128Type d => $"({d.Precision}, {d.Scale})",
            Apache.Arrow.Types.TimestampType t => $"[{t.Unit}, {t.Timezone}]",
            Apache.Arrow.Types.Time64Type t => $"[{t.Unit}]",
            Apache.Arrow.Types.FixedSizeBinaryType f => $"[{f.ByteWidth}]",
            Apache.Arrow.Types.NestedType n => $"<{string.Join(", ", n.Fields.Select(Described))}>",
            _ => "",
        };
        var extension = field.Metadata is { } metadata && metadata.TryGetValue("ARROW:extension:name", out var name) ? name : "";
        return $"{field.Name}: {type.TypeId}{details}{(field.IsNullable ? "" : "!")}{extension}";
    }
}
