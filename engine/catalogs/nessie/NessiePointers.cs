using System.Collections.Immutable;
using System.Text.Json;
using K2I.Base;
using K2I.Iceberg;
using K2I.Storage;

namespace K2I.Catalogs.Nessie;

/// <summary>Pointers on a branch of a Nessie server, whose commits change any number of names at once and never go away.</summary>
/// <remarks>
/// <para>A commit says on which hash of the branch it builds. The server refuses it if a name in it means something else by now than it
/// meant there; what became of other names
/// is no matter.</para>
/// <para>So a swap whose answer is lost did not land, and never will, if the name means something else than before and the branch's log
/// has no commit with the swap's mark.</para>
/// <para>A tag, or a branch at a hash, is looked at only.</para>
/// </remarks>
public sealed class NessiePointers : IPointers, IDisposable
{
    /// <summary>The property of a commit that it is known by.</summary>
    internal const string Mark = "k2i-commit";

    private const int MostTries = 5, MostPages = 10_000, MostLooks = 3;

    private readonly NessieClient client;
    private readonly IRandom random;
    private readonly string warehouse;
    private readonly string path;
    private readonly string? readOnly;

    /// <summary>Asks the server nothing yet.</summary>
    public NessiePointers(NessieOptions options, IClock? clock = null, IRandom? random = null)
    {
        client = new NessieClient(options.Server, clock ?? SystemClock.Instance);
        this.random = random ?? SystemRandom.Instance;
        warehouse = Location.Normalize(options.Warehouse);
        path = $"/trees/{Uri.EscapeDataString(options.Reference)}";
        Name = $"{client.Root} ({options.Reference})";
        readOnly = options.Reference.Contains('@', StringComparison.Ordinal)
            ? $"{options.Reference} is a branch as it was, which cannot be changed" : null;
    }

    public string Name { get; }

    /// <summary>True: other branches and tags may mean the same files.</summary>
    public bool SharesFiles => true;

    public string PlaceOf(TableIdent ident) => $"{warehouse}/{string.Join('/', ident.Namespace)}/{ident.Name}_{random.NewGuid()}";

    public string? Find(TableIdent ident) => Read(NessieJson.KeyOf(ident)).Content is { } content ? LocationOf(ident, content) : null;

    public bool Add(Table table)
    {
        var key = NessieJson.KeyOf(table.Ident);
        for (var attempt = 1; ; attempt++)
        {
            MakeNamespaces(table.Ident.Namespace);
            var (hash, content) = Read(key);
            if (content is not null) return false;
            var answer = Commit(hash, $"k2i: create {table.Ident}", NewMark(), NessieJson.PutTable(table, null));
            if (answer.IsSuccess) return true;
            if (answer.Status != 409 || attempt == MostTries) throw Refused(answer, $"table {table.Ident} cannot be created");
        }
    }

    public bool Swap(Table before, Table next)
    {
        var key = NessieJson.KeyOf(next.Ident);
        var (hash, content) = Read(key);
        if (content?.Id is not { } id || LocationOf(next.Ident, content) != before.MetadataLocation) return false;
        var mark = NewMark();
        try
        {
            var answer = Commit(hash, $"k2i: {Operation(before, next)} {next.Ident}", mark, NessieJson.PutTable(next, id));
            if (!answer.IsSuccess && answer.Status != 409) throw Refused(answer, $"table {next.Ident} cannot be changed");
            return answer.IsSuccess;
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            return Landed(key, before, next, mark) ?? throw new EngineException(ErrorKind.Unknown, error.Message, error);
        }
    }

    public bool Remove(TableIdent ident)
    {
        var key = NessieJson.KeyOf(ident);
        for (var attempt = 1; ; attempt++)
        {
            var (hash, content) = Read(key);
            if (content is null) return false;
            _ = LocationOf(ident, content);
            var answer = Commit(hash, $"k2i: drop {ident}", NewMark(), NessieJson.Delete(key));
            if (answer.IsSuccess) return true;
            if (answer.Status != 409 || attempt == MostTries) throw Refused(answer, $"table {ident} cannot be dropped");
        }
    }

    public bool Rename(TableIdent from, TableIdent to)
    {
        var (before, after) = (NessieJson.KeyOf(from), NessieJson.KeyOf(to));
        if (Read(before).Content is null) return false;
        MakeNamespaces(to.Namespace);
        var (hash, content) = Read(before);
        if (content is null) return false;
        _ = LocationOf(from, content);
        if (Read(after).Content is not null) throw new EngineException(ErrorKind.AlreadyExists, $"table {to} exists already in {Name}");
        var answer = Commit(hash, $"k2i: rename {from} to {to}", NewMark(), NessieJson.PutSame(after, content.Json),
            NessieJson.Delete(before));
        return answer.IsSuccess ? true : throw Refused(answer, $"table {from} cannot be renamed");
    }

    public IEnumerable<ImmutableArray<string>> ListNamespaces() => Entries("NAMESPACE");

    public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) =>
        Entries(NessieContent.Table).Where(key => key.Length == inNamespace.Length + 1 && key[..^1].SequenceEqual(inNamespace))
            .Select(key => new TableIdent(inNamespace, key[^1]));

    public void Dispose() => client.Dispose();

    /// <summary>What a name means, and the hash of the reference at which it does.</summary>
    private (string Hash, NessieContent? Content) Read(ImmutableArray<string> key)
    {
        var answer = client.Ask($"{path}/contents", NessieJson.Keys([key]));
        if (!answer.IsSuccess) throw Refused(answer, Name);
        var content = NessieJson.Items(answer.Body, "contents").Where(c => NessieJson.Key(c, "key").SequenceEqual(key))
            .Select(c => new NessieContent(c.TryGetProperty("content", out var json) ? json : default)).FirstOrDefault();
        var hash = answer.Body.ValueKind == JsonValueKind.Object && answer.Body.TryGetProperty("effectiveReference", out var reference)
            ? NessieJson.Text(reference, "hash") : null;
        return (hash ?? throw new EngineException(ErrorKind.Unavailable, $"{Name}: the answer has no hash"), content);
    }

    private NessieAnswer Commit(string hash, string message, string mark, params Action<Utf8JsonWriter>[] operations)
    {
        if (readOnly is not null) throw new EngineException(ErrorKind.Unsupported, readOnly);
        var at = Uri.EscapeDataString("@" + hash);
        var answer = client.Change($"{path}{at}/history/commit", NessieJson.Commit(message, mark, operations));
        // An empty success is what some proxies make of a connection that broke.
        return !answer.IsSuccess || NessieJson.Has(answer.Body, "targetBranch") ? answer
            : throw new EngineException(ErrorKind.Unknown, $"{Name}: a commit is answered without the branch that it made");
    }

    /// <summary>Makes a namespace and those above it that are not there.</summary>
    private void MakeNamespaces(ImmutableArray<string> levels)
    {
        for (var depth = 1; depth <= levels.Length; depth++)
        {
            var key = levels[..depth];
            var (hash, content) = Read(key);
            if (content is not null) continue;
            NessieAnswer answer;
            try
            {
                answer = Commit(hash, $"k2i: create namespace {string.Join('.', key)}", NewMark(), NessieJson.PutNamespace(key));
            }
            catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
            {
                // Nothing hangs on its outcome: the table's creation tells.
                throw new EngineException(ErrorKind.Unavailable, error.Message, error);
            }
            // 409: somebody else has made it meanwhile.
            if (!answer.IsSuccess && answer.Status != 409) throw Refused(answer, $"namespace {string.Join('.', key)} cannot be created");
        }
    }

    /// <summary>Whether a swap without an answer landed; null where it still may.</summary>
    private bool? Landed(ImmutableArray<string> key, Table before, Table next, string mark)
    {
        for (var look = 1; ; look++)
        {
            try
            {
                var now = Read(key).Content?.MetadataLocation;
                if (now == next.MetadataLocation || IsLogged(mark)) return true;
                return now == before.MetadataLocation ? null : false;
            }
            catch (EngineException)
            {
                // What broke the connection of the swap may break the next one too.
                if (look == MostLooks) return null;
            }
        }
    }

    private bool IsLogged(string mark)
    {
        var filter = Uri.EscapeDataString($"'{Mark}' in commit.properties && commit.properties['{Mark}']=='{mark}'");
        var answer = client.Get($"{path}/history?max-records=1&filter={filter}");
        return answer.IsSuccess ? NessieJson.Items(answer.Body, "logEntries").Any() : throw Refused(answer, Name);
    }

    private IEnumerable<ImmutableArray<string>> Entries(string type)
    {
        var filter = Uri.EscapeDataString($"entry.contentType=='{type}'");
        string? token = null;
        for (var page = 0; page < MostPages; page++)
        {
            var answer = client.Get($"{path}/entries?filter={filter}{(token is null ? "" : $"&page-token={Uri.EscapeDataString(token)}")}");
            if (!answer.IsSuccess) throw Refused(answer, Name);
            foreach (var entry in NessieJson.Items(answer.Body, "entries"))
                if (NessieJson.Text(entry, "type") == type && NessieJson.Key(entry, "name") is { IsEmpty: false } key) yield return key;
            var next = answer.Text("token");
            if (string.IsNullOrEmpty(next) || next == token) yield break;
            token = next;
        }
    }

    private string NewMark() => random.NewGuid().ToString();

    private static string LocationOf(TableIdent ident, NessieContent content) =>
        content is { IsTable: true, MetadataLocation: { } location }
            ? location : throw new EngineException(ErrorKind.Unsupported, $"{ident} is in the catalog, but is no Iceberg table");

    private static string Operation(Table before, Table next) =>
        next.Metadata.CurrentSnapshotId == before.Metadata.CurrentSnapshotId ? "change" : next.Metadata.CurrentSnapshot?.Operation
            ?? "change";

    private EngineException Refused(NessieAnswer answer, string what)
    {
        var kind = answer.Status switch
        {
            401 or 403 => ErrorKind.Denied,
            404 => ErrorKind.NotFound,
            409 or 429 => ErrorKind.Unavailable,
            _ => ErrorKind.Invalid,
        };
        return new EngineException(kind, $"{what}: {client.Scrub(answer.Problem)}");
    }
}
