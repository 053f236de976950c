using System.Text;

using K2I.Avro;
using K2I.Base;

namespace K2I.Iceberg;

/// <summary>An Avro object container file, read whole from untrusted bytes. Codecs: null, deflate, snappy and zstandard.</summary>
internal sealed class AvroFileReader
{
    private const int MaxBlockBytes = 256 << 20;

    private readonly ReadOnlyMemory<byte> bytes;
    private readonly string what;
    private readonly byte[] sync;
    private readonly string codec;
    private readonly int start;

    public AvroFileReader(ReadOnlyMemory<byte> bytes, string what)
    {
        this.bytes = bytes;
        this.what = what;
        if (!bytes.Span.StartsWith("Obj\u0001"u8)) throw new EngineException(ErrorKind.Corrupt, $"{what} is not an Avro file");
        var decoder = new AvroDecoder(bytes.Span, what);
        _ = decoder.Raw(4);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var count = decoder.Block(); count > 0; count = decoder.Block())
            for (var at = 0L; at < count; at++) metadata[decoder.String()] = Encoding.UTF8.GetString(decoder.Bytes());
        sync = decoder.Raw(16).ToArray();
        start = decoder.Position;
        Metadata = metadata;
        codec = metadata.GetValueOrDefault("avro.codec", "null");
        if (codec is not ("null" or "deflate" or "snappy" or "zstandard"))
            throw new EngineException(ErrorKind.Unsupported, $"{what}: Avro codec '{codec}' is not supported (null, deflate, snappy and zstandard are)");
        if (!metadata.TryGetValue("avro.schema", out var schema)) throw decoder.Bad("'avro.schema' is missing");
        Schema = AvroSchemaJson.Parse(Encoding.UTF8.GetBytes(schema), what);
    }

    /// <summary>The header's keys and values, <c>avro.*</c> included.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What the file was written with.</summary>
    public AvroType Schema { get; }

    /// <summary>Every record, in file order.</summary>
    public List<object?> ReadAll()
    {
        var records = new List<object?>();
        Each(records.Add);
        return records;
    }

    /// <summary>How many records there are. All are decoded, none is kept.</summary>
    public long Count()
    {
        long count = 0;
        Each(_ => count++);
        return count;
    }

    private void Each(Action<object?> take)
    {
        var file = new AvroDecoder(bytes.Span, what);
        _ = file.Raw(start);
        while (file.Left > 0)
        {
            var count = file.Long();
            var payload = file.Bytes();
            if (!file.Raw(16).SequenceEqual(sync)) throw file.Bad("a block does not end with the file's marker");
            if (count < 0) throw file.Bad($"a block of {count} records");
            var plain = Plain(payload);
            // Records may take no bytes: their number must not fill the memory.
            if (count > 16 + (8L * plain.Length)) throw file.Bad($"a block of {count} records in {plain.Length} bytes");
            var block = new AvroDecoder(plain, what);
            for (var at = 0L; at < count; at++)
            {
                if (block.Left == 0 && Schema.Fields.Length > 0) throw file.Bad($"a block of {count} records ends after {at}");
                take(block.Value(Schema));
            }
            if (block.Left != 0) throw file.Bad("a block is longer than its records");
        }
    }

    private ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> payload) => codec switch
    {
        "deflate" => Unpack.Deflate(payload, MaxBlockBytes, what),
        "snappy" => Unpack.SnappyWithChecksum(payload, MaxBlockBytes, what),
        "zstandard" => Unpack.Zstd(payload, MaxBlockBytes, what),
        _ => payload,
    };
}
