using System.Text;
using BenchmarkDotNet.Attributes;
using K2I.Columns;
using K2I.Decode;
using K2I.Decode.Protobuf;
using K2I.Memory;

namespace K2I.Bench;

/// <summary>The events of <see cref="JsonDecodeBenchmark"/> as Protobuf of a registry, about 90 bytes each.</summary>
public class ProtobufDecodeBenchmark : IDisposable
{
    private const int Records = 256;

    private const string Writer = """
        syntax = "proto3";
        import "google/protobuf/timestamp.proto";
        message Event {
          string event_id = 1; int64 user_id = 2; string event_type = 3; google.protobuf.Timestamp event_time = 4; string page = 5;
          string country = 6; double amount = 7; int32 quantity = 8; bool premium = 9;
        }
        """;

    private static readonly string[] Types = ["click", "view", "purchase", "scroll"];

    private readonly byte[][] records = new byte[Records][];
    private PlannedDecoder decoder = null!;
    private BatchBuilder batch = null!;

    [GlobalSetup]
    public void Fill()
    {
        var writer = new WriterSchema(SchemaId.Of(1), SchemaLanguage.Protobuf, Writer, []);
        var schema = FieldIds.NewSchema([.. ProtobufCompiler.Instance.Columns(writer, new())]);
        decoder = new(ProtobufCompiler.Instance, new FixedSchema(writer), WireForm.Confluent, schema, new());
        batch = new(schema, MemoryTag.Scratch, 64 << 20);
        var random = new Random(1);
        var id = new byte[16];
        for (var i = 0; i < Records; i++)
        {
            random.NextBytes(id);
            var bytes = new MemoryStream();
            bytes.Write([0, 0, 0, 0, 1, 0]);
            Text(bytes, 1, new Guid(id).ToString());
            Number(bytes, 2, random.Next(1, 10_000_000));
            Text(bytes, 3, Types[random.Next(4)]);
            var time = new MemoryStream();
            Number(time, 1, 1_706_702_400 + (i * 37L));
            Number(time, 2, 123_000_000);
            Part(bytes, 4, time.ToArray());
            Text(bytes, 5, $"/p/{random.Next(100_000)}");
            Text(bytes, 6, "DE");
            bytes.WriteByte((7 << 3) | 1);
            bytes.Write(BitConverter.GetBytes(random.Next(1, 100_000) / 100.0));
            Number(bytes, 8, random.Next(1, 20));
            Number(bytes, 9, random.Next(2));
            records[i] = bytes.ToArray();
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        batch.Dispose();
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

    private static void Text(MemoryStream bytes, int field, string text) => Part(bytes, field, Encoding.UTF8.GetBytes(text));

    private static void Part(MemoryStream bytes, int field, byte[] part)
    {
        bytes.WriteByte((byte)((field << 3) | 2));
        bytes.WriteByte((byte)part.Length);
        bytes.Write(part);
    }

    private static void Number(MemoryStream bytes, int field, long value)
    {
        bytes.WriteByte((byte)(field << 3));
        for (var bits = (ulong)value; ; bits >>= 7)
        {
            bytes.WriteByte((byte)(bits < 0x80 ? bits : bits | 0x80));
            if (bits < 0x80) return;
        }
    }
}
