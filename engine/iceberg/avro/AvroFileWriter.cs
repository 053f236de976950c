using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

using K2I.Avro;
using K2I.Base;

namespace K2I.Iceberg;

/// <summary>An Avro object container file in memory: header, then deflated blocks of about 64 KB. Source: Avro specification, "Object Container Files".</summary>
internal sealed class AvroFileWriter
{
    private const int BlockBytes = 64_000;

    private readonly ArrayBufferWriter<byte> file = new(8 << 10);
    private readonly ArrayBufferWriter<byte> block = new(16 << 10);
    private readonly AvroEncoder header;
    private readonly AvroEncoder records;
    private readonly AvroType schema;
    private readonly bool deflate;
    private readonly byte[] sync = RandomNumberGenerator.GetBytes(16);
    private int count;

    public AvroFileWriter(AvroType schema, IEnumerable<KeyValuePair<string, string>> metadata, bool deflate)
    {
        this.schema = schema;
        this.deflate = deflate;
        header = new AvroEncoder(file);
        records = new AvroEncoder(block);
        KeyValuePair<string, string>[] all =
        [
            .. metadata,
            KeyValuePair.Create("avro.schema", AvroSchemaJson.ToText(schema)),
            KeyValuePair.Create("avro.codec", deflate ? "deflate" : "null"),
        ];
        header.Raw("Obj\u0001"u8);
        header.Long(all.Length);
        foreach (var (key, value) in all)
        {
            header.String(key);
            header.Bytes(Encoding.UTF8.GetBytes(value));
        }
        header.Long(0);
        header.Raw(sync);
    }

    /// <summary>Bytes so far; records of the open block count before compression.</summary>
    public long Length => file.WrittenCount + block.WrittenCount;

    public void Append(object?[] record)
    {
        records.Value(schema, record);
        count++;
        if (block.WrittenCount >= BlockBytes) CloseBlock();
    }

    public byte[] Finish()
    {
        CloseBlock();
        return file.WrittenSpan.ToArray();
    }

    private void CloseBlock()
    {
        if (count == 0) return;
        var payload = deflate ? Deflate(block.WrittenSpan) : block.WrittenSpan;
        header.Long(count);
        header.Bytes(payload);
        header.Raw(sync);
        block.ResetWrittenCount();
        count = 0;
    }

    private static ReadOnlySpan<byte> Deflate(ReadOnlySpan<byte> plain)
    {
        var packed = new MemoryStream(plain.Length / 4);
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(plain);
        Check.That(packed.TryGetBuffer(out var buffer));
        return buffer;
    }
}
