using System.Buffers;
using System.Text.Json;
using K2I.Base;
using K2I.Memory;

namespace K2I.Pipeline;

/// <summary>
/// Which table this host has been writing to: <c>DATA_DIR/tables/TABLE.json</c> holds its uuid. Without it a table that was dropped and created again between two
/// starts would look like the old one. A host that loses the file takes the table that is there.
/// </summary>
internal sealed class TableIdentity(IFileSystem files, string dataDirectory, string table)
{
    private const int MaxBytes = 4 << 10;

    private readonly string directory = Path.Combine(dataDirectory, "tables");

    private string FilePath => Path.Combine(directory, table + ".json");

    /// <summary>Null where none was written to.</summary>
    internal string? ReadUuid()
    {
        if (!files.Exists(FilePath)) return null;
        try
        {
            using var document = JsonDocument.Parse(files.Read(FilePath, MaxBytes));
            return document.RootElement.GetProperty("uuid").GetString();
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new EngineException(ErrorKind.Corrupt, $"{FilePath} does not say which table was written to ({error.Message}); remove it to take the table that is there", error);
        }
    }

    internal void Write(string uuid)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("uuid", uuid);
            json.WriteEndObject();
        }
        files.CreateDirectory(directory);
        files.Write(FilePath, buffer.WrittenSpan);
    }
}
