using System.Buffers;
using System.Text;
using System.Text.Json;
using K2I.Base;

namespace K2I.Cli.Replay;

/// <summary>
/// Which dead letters of a table were replayed: <c>DATA_DIR/replay/TABLE.jsonl</c>. A line before a group is produced, and one after, so that a replay that broke off in
/// between leaves a doubt, never a double. Owner of the file; one replay of a table at a time.
/// </summary>
/// <remarks><code>
/// {"started":[["orders","id",0,42],…]} {"done":[["orders","id",0,42],…]}
/// </code></remarks>
internal sealed class ReplayLedger : IDisposable
{
    private readonly FileStream file;
    private readonly HashSet<LetterKey> started = [];
    private readonly HashSet<LetterKey> done = [];

    private ReplayLedger(FileStream file) => this.file = file;

    /// <summary>Throws Conflict while another replay of the table runs, Corrupt if the file is not what it should be.</summary>
    public static ReplayLedger Open(string dataDirectory, string table)
    {
        var path = Path.Combine(dataDirectory, "replay", table + ".jsonl");
        FileStream file;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new EngineException(ErrorKind.Conflict, $"cannot open {path}; is another replay of the table under way? ({error.Message})", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new EngineException(ErrorKind.Denied, $"cannot write {path}: {error.Message}", error);
        }
        var ledger = new ReplayLedger(file);
        try
        {
            ledger.Load(path);
            return ledger;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public bool IsDone(LetterKey letter) => done.Contains(letter);

    /// <summary>A replay of it began, and how it ended is not known.</summary>
    public bool IsInDoubt(LetterKey letter) => started.Contains(letter) && !done.Contains(letter);

    public void Start(IReadOnlyList<LetterKey> letters) => Append("started", letters, started);

    public void Done(IReadOnlyList<LetterKey> letters) => Append("done", letters, done);

    /// <summary>They certainly did not arrive: as if never begun.</summary>
    public void Failed(IReadOnlyList<LetterKey> letters)
    {
        if (letters.Count == 0) return;
        Append("failed", letters, []);
        started.ExceptWith(letters);
    }

    public void Dispose() => file.Dispose();

    private void Append(string what, IReadOnlyList<LetterKey> letters, HashSet<LetterKey> to)
    {
        if (letters.Count == 0) return;
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray(what);
            foreach (var letter in letters)
            {
                json.WriteStartArray();
                json.WriteStringValue(letter.Topic);
                json.WriteStringValue(letter.TopicId);
                json.WriteNumberValue(letter.Partition);
                json.WriteNumberValue(letter.Offset.Value);
                json.WriteEndArray();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        try
        {
            file.Write(buffer.WrittenSpan);
            file.WriteByte((byte)'\n');
            file.Flush(flushToDisk: true);
        }
        catch (IOException error)
        {
            throw new EngineException(ErrorKind.Full, $"cannot write {file.Name}: {error.Message}", error);
        }
        to.UnionWith(letters);
    }

    private void Load(string path)
    {
        using var reader = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var text = reader.ReadToEnd();
        // What was being written when the machine stopped had not begun.
        var whole = text.LastIndexOf('\n') + 1;
        foreach (var line in text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries)) Take(line, path);
        file.SetLength(Encoding.UTF8.GetByteCount(text.AsSpan(0, whole)));
        file.Seek(0, SeekOrigin.End);
    }

    private void Take(string line, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                foreach (var item in entry.Value.EnumerateArray())
                {
                    var letter = new LetterKey(item[0].GetString()!, item[1].GetString()!, item[2].GetInt32(), new(item[3].GetInt64()));
                    if (entry.NameEquals("done")) done.Add(letter);
                    else if (entry.NameEquals("failed")) started.Remove(letter);
                    else started.Add(letter);
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            throw new EngineException(ErrorKind.Corrupt, $"{path} is damaged, so it is not known what was replayed: {error.Message}", error);
        }
    }
}
