using System.Buffers;
using System.Text.Json;
using K2I.Base;

namespace K2I.Cli.Running;

/// <summary>
/// How <c>k2i reload</c> and the running process talk: <c>DATA_DIR/reload/request.json</c>, which the process takes within a second, and
/// <c>answer.json</c> beside it. Whoever may write there may ask; what is read stays the process's own file.
/// </summary>
internal sealed class ReloadMailbox(string dataDirectory)
{
    private const int LargestFile = 4 << 20;

    private readonly string folder = Path.Combine(dataDirectory, "reload");

    private string RequestPath => Path.Combine(folder, "request.json");

    private string AnswerPath => Path.Combine(folder, "answer.json");

    /// <summary>Leaves a request; returns its id. Throws Denied or Unavailable where the directory cannot be written.</summary>
    public string Ask()
    {
        var id = Guid.NewGuid().ToString("N");
        try
        {
            Directory.CreateDirectory(folder);
            Write(RequestPath, id, json => { });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(error is UnauthorizedAccessException ? ErrorKind.Denied : ErrorKind.Unavailable,
                $"cannot write {RequestPath}: {error.Message}", error);
        }
        return id;
    }

    /// <summary>Nobody has taken it: it must not count one day when no one thinks of it any more.</summary>
    public void Withdraw() => File.Delete(RequestPath);

    /// <summary>The answer to the request; null while there is none.</summary>
    public ReloadOutcome? AnswerTo(string id)
    {
        using var answer = Read(AnswerPath);
        return answer is not null && IdOf(answer) == id ? ReloadOutcome.Read(answer.RootElement) : null;
    }

    /// <summary>The id of a request that was left, which is taken away; null where there is none.</summary>
    public string? Take()
    {
        using var request = Read(RequestPath);
        if (request is null) return null;
        File.Delete(RequestPath);
        return IdOf(request);
    }

    public void Answer(string id, ReloadOutcome outcome) => Write(AnswerPath, id, outcome.Write);

    private static string? IdOf(JsonDocument document) =>
        document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("id", out var id)
            && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    private static JsonDocument? Read(string path)
    {
        try
        {
            return File.Exists(path) && new FileInfo(path).Length <= LargestFile ? JsonDocument.Parse(File.ReadAllBytes(path)) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static void Write(string path, string id, Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            fields(json);
            json.WriteEndObject();
        }
        // Whole or not at all.
        var temporary = $"{path}.{id}.tmp";
        File.WriteAllBytes(temporary, buffer.WrittenSpan);
        File.Move(temporary, path, overwrite: true);
    }
}
