using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using K2I.Base;
using K2I.Decode;
using K2I.Memory;

namespace K2I.Registry;

/// <summary>
/// Schemas kept on disk, one file each, in a folder of their registry: ids mean other schemas elsewhere. A file is the SHA-256 of what
/// follows, in hex, a line feed, and JSON. What cannot be read, or is not as it was written, is fetched again.
/// </summary>
internal sealed class SchemaFiles
{
    private const int MaxBytes = 64 << 20, HashBytes = 64;

    private readonly IFileSystem disk;
    private readonly string directory;
    private readonly ILog log;

    internal SchemaFiles(IFileSystem disk, string directory, RegistryOptions options, ILog log)
    {
        var registry = SHA256.HashData(Encoding.UTF8.GetBytes($"{options.Urls[0]} {options.Context}"));
        (this.disk, this.log) = (disk, log);
        this.directory = Path.Combine(directory, "schemas", Convert.ToHexStringLower(registry.AsSpan(0, 8)));
    }

    private string PathOf(SchemaId id) => Path.Combine(directory, $"{id}.json");

    internal WriterSchema? Read(SchemaId id)
    {
        try
        {
            if (!disk.Exists(PathOf(id))) return null;
            var bytes = disk.Read(PathOf(id), MaxBytes);
            if (bytes.Length <= HashBytes || !bytes.AsSpan(0, HashBytes).SequenceEqual(Hash(bytes.AsSpan(HashBytes))))
                throw new EngineException(ErrorKind.Corrupt, "it is not as it was written");
            using var json = JsonDocument.Parse(bytes.AsMemory(HashBytes));
            var root = json.RootElement;
            return new(id, (SchemaLanguage)root.GetProperty("language").GetInt32(), root.GetProperty("schema").GetString()!,
                [.. root.GetProperty("references").EnumerateArray().Select(r =>
                    new SchemaReference(r.GetProperty("name").GetString()!, r.GetProperty("schema").GetString()!))])
            {
                Subject = root.GetProperty("subject").GetString(),
                Version = root.TryGetProperty("version", out var version) ? version.GetInt32() : null,
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or EngineException)
        {
            log.Warn("a schema that was kept on disk cannot be read, and is fetched again", ("file", PathOf(id)), ("error", e.Message));
            return null;
        }
    }

    internal void Write(WriterSchema schema)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("\n"u8);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("language", (int)schema.Language);
            json.WriteString("subject", schema.Subject);
            if (schema.Version is { } version) json.WriteNumber("version", version);
            json.WriteString("schema", schema.Text);
            json.WriteStartArray("references");
            foreach (var reference in schema.References)
            {
                json.WriteStartObject();
                json.WriteString("name", reference.Name);
                json.WriteString("schema", reference.Text);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        try
        {
            disk.CreateDirectory(directory);
            disk.Write(PathOf(schema.Id), [.. Hash(buffer.WrittenSpan), .. buffer.WrittenSpan]);
        }
        catch (EngineException e)
        {
            log.Warn("a schema could not be kept on disk", ("file", PathOf(schema.Id)), ("error", e.Message));
        }
    }

    private static byte[] Hash(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes)));
}
