using System.Buffers;
using System.Text.Json;
using K2I.Base;

namespace K2I.Pipeline;

/// <summary>
/// What <c>k2i resume</c> leaves for the running process: <c>DATA_DIR/resume/TABLE.json</c>. Whoever may write there may resume; the pipeline takes the
/// file, once, within a second.
/// </summary>
/// <remarks><code>{"table":"events","id":"0193…","accept":"topic-recreated","requestedAtMs":1700000000000}</code></remarks>
/// <param name="Table">The table as the configuration names it.</param>
/// <param name="Id">Tells one request from the next.</param>
/// <param name="Accept">The reason that is to be lived with; null to try again as things are.</param>
/// <param name="RequestedUnixMs">When a person asked.</param>
public sealed record ResumeRequest(string Table, string Id, PauseReason? Accept, long RequestedUnixMs)
{
    private const string Folder = "resume";

    /// <summary>Longer files are not read.</summary>
    public const int MaxBytes = 4 << 10;

    /// <summary>Where the request for a table lies. Throws Invalid for a name that is no table's.</summary>
    public static string PathOf(string dataDirectory, string table)
    {
        if (table.Length is 0 or > 400 || !table.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '.') || table[0] == '.' || table.Contains("..", StringComparison.Ordinal))
            throw new EngineException(ErrorKind.Invalid, $"'{table}' is not a table name");
        return Path.Combine(dataDirectory, Folder, table + ".json");
    }

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("table", Table);
            json.WriteString("id", Id);
            if (Accept is { } reason) json.WriteString("accept", PauseReasons.NameOf(reason));
            json.WriteNumber("requestedAtMs", RequestedUnixMs);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote. Throws Invalid for anything else.</summary>
    public static ResumeRequest Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            PauseReason? accept = null;
            if (root.TryGetProperty("accept", out var name))
                accept = PauseReasons.TryParse(name.GetString(), out var reason) ? reason : throw new EngineException(ErrorKind.Invalid, "resume request: unknown reason");
            return new(root.GetProperty("table").GetString()!, root.GetProperty("id").GetString()!, accept, root.GetProperty("requestedAtMs").GetInt64());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new EngineException(ErrorKind.Invalid, $"a resume request that cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Leaves the request, whole or not at all; one that is there already is replaced.</summary>
    public void Write(string dataDirectory)
    {
        var path = PathOf(dataDirectory, Table);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = $"{path}.{Id}.tmp";
            File.WriteAllBytes(temporary, ToJson());
            File.Move(temporary, path, overwrite: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EngineException(ErrorKind.Denied, $"cannot write {path}: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new EngineException(ErrorKind.Unavailable, $"cannot write {path}: {e.Message}", e);
        }
    }
}
