using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>An Avro object container file in memory: header, then deflated blocks of about 64 KB. Source: Avro specification, "Object Container Files".</summary>
internal sealed class AvroFileWriter
{
    private const int BlockBytes = 64_000;

    private readonly ArrayBufferWriter<byte> _file = new(8 << 10);
    private readonly ArrayBufferWriter<byte> _block = new(16 << 10);
    private readonly AvroEncoder _header;
    private readonly AvroEncoder _records;
    private readonly AvroType _schema;
    private readonly bool _deflate;
    private readonly byte[] _sync = RandomNumberGenerator.GetBytes(16);
    private int _count;

    public AvroFileWriter(AvroType schema, IEnumerable<KeyValuePair<string, string>> metadata, bool deflate)
    {
        _schema = schema;
        _deflate = deflate;
        _header = new AvroEncoder(_file);
        _records = new AvroEncoder(_block);
        KeyValuePair<string, string>[] all =
        [
            .. metadata,
            KeyValuePair.Create("avro.schema", AvroSchemaJson.ToText(schema)),
            KeyValuePair.Create("avro.codec", deflate ? "deflate" : "null"),
        ];
        _header.Raw("Obj\u0001"u8);
        _header.Long(all.Length);
        foreach (var (key, value) in all)
        {
            _header.String(key);
            _header.Bytes(Encoding.UTF8.GetBytes(value));
        }
        _header.Long(0);
        _header.Raw(_sync);
    }

    /// <summary>Bytes so far; records of the open block count before compression.</summary>
    public long Length => _file.WrittenCount + _block.WrittenCount;

    public void Append(object?[] record)
    {
        _records.Value(_schema, record);
        _count++;
        if (_block.WrittenCount >= BlockBytes) CloseBlock();
    }

    public byte[] Finish()
    {
        CloseBlock();
        return _file.WrittenSpan.ToArray();
    }

    private void CloseBlock()
    {
        if (_count == 0) return;
        var payload = _deflate ? Deflate(_block.WrittenSpan) : _block.WrittenSpan;
        _header.Long(_count);
        _header.Bytes(payload);
        _header.Raw(_sync);
        _block.ResetWrittenCount();
        _count = 0;
    }

    private static ReadOnlySpan<byte> Deflate(ReadOnlySpan<byte> plain)
    {
        var packed = new MemoryStream(plain.Length / 4);
        using (var deflate = new DeflateStream(packed, CompressionLevel.Fastest, leaveOpen: true)) deflate.Write(plain);
        Check.That(packed.TryGetBuffer(out var buffer));
        return buffer;
    }
}
