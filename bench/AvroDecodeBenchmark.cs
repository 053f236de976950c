using System.Text;
using BenchmarkDotNet.Attributes;
using K2I.Columns;
using K2I.Decode;
using K2I.Memory;

namespace K2I.Bench;

/// <summary>The events of <see cref="JsonDecodeBenchmark"/> as Avro of a registry, about 75 bytes each.</summary>
public class AvroDecodeBenchmark : IDisposable
{
    private const int Records = 256;

    private const string Writer = """
        {"type":"record","name":"Event","fields":[
        {"name":"event_id","type":{"type":"string","logicalType":"uuid"}},{"name":"user_id","type":"long"},
        {"name":"event_type","type":"string"},
        {"name":"event_time","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"page","type":"string"},
        {"name":"country","type":"string"},{"name":"amount","type":"double"},
        {"name":"quantity","type":"int"},{"name":"premium","type":"boolean"}]}
        """;

    private static readonly string[] Types = ["click", "view", "purchase", "scroll"];

    private readonly byte[][] records = new byte[Records][];
    private PlannedDecoder decoder = null!;
    private BatchBuilder batch = null!;
    private RouteReader router = null!;

    [GlobalSetup]
    public void Fill()
    {
        var writer = new WriterSchema(SchemaId.Of(1), SchemaLanguage.Avro, Writer, []);
        var schema = FieldIds.NewSchema([.. AvroCompiler.Instance.Columns(writer, new())]);
        decoder = new(AvroCompiler.Instance, new FixedSchema(writer), WireForm.Confluent, schema, new());
        batch = new(schema, MemoryTag.Scratch, 64 << 20);
        var route = ColumnTransforms.Parse(RouteField.Parse("event_type", [])!.Transforms(areTyped: true), caseSensitive: true, []);
        router = new(columns => new PlannedDecoder(AvroCompiler.Instance, new FixedSchema(writer), WireForm.Confluent, columns,
            new() { UnknownFields = UnknownFields.Ignore, Transforms = route }));
        var random = new Random(1);
        var id = new byte[16];
        for (var i = 0; i < Records; i++)
        {
            random.NextBytes(id);
            var bytes = new MemoryStream();
            bytes.Write([0, 0, 0, 0, 1]);
            Text(bytes, new Guid(id).ToString());
            Number(bytes, random.Next(1, 10_000_000));
            Text(bytes, Types[random.Next(4)]);
            Number(bytes, 1_706_702_400_000 + (i * 37L));
            Text(bytes, $"/p/{random.Next(100_000)}");
            Text(bytes, "DE");
            bytes.Write(BitConverter.GetBytes(random.Next(1, 100_000) / 100.0));
            Number(bytes, random.Next(1, 20));
            bytes.WriteByte((byte)random.Next(2));
            records[i] = bytes.ToArray();
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        batch.Dispose();
        router.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int IntoColumns()
    {
        batch.Reset();
        foreach (var record in records)
        {
            if (decoder.Decode(new RecordInput(record), batch) != DecodeStatus.Ok
                || !batch.EndRow()) throw new InvalidOperationException(decoder.Error.ToString());
        }
        return batch.Rows;
    }

    /// <summary>What <c>route_by</c> reads of each before: one field, the third.</summary>
    [Benchmark(OperationsPerInvoke = Records)]
    public int Routes() => JsonDecodeBenchmark.Read(router, records);

    private static void Text(MemoryStream bytes, string text)
    {
        Number(bytes, text.Length);
        bytes.Write(Encoding.UTF8.GetBytes(text));
    }

    private static void Number(MemoryStream bytes, long value)
    {
        for (var bits = (ulong)value << 1; ; bits >>= 7)
        {
            bytes.WriteByte((byte)(bits < 0x80 ? bits : bits | 0x80));
            if (bits < 0x80) return;
        }
    }
}
