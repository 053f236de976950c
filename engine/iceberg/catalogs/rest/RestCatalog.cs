using System.Collections.Concurrent;
using System.Collections.Immutable;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// A catalog behind the Iceberg REST protocol: the server keeps the metadata, K2I sends it updates and requirements. Source: REST catalog
/// OpenAPI.
/// </summary>
/// <remarks>
/// What an answer to a commit means here:
/// <code>
/// 2xx, whole, with our snapshot          Committed
/// 409, 412; 400 on a sequence number     what the table then shows: Committed (a proxy sent it twice), Conflict, or Unknown
/// 400 401 403 404 405 406 413 422 429    did not land: Invalid, Denied, NotFound, Unsupported, Unavailable
/// not connected                          did not land: Unavailable
/// 5xx (503 too: proxies give it after    Unknown
///   the server worked), 408, other 2xx,
///   no answer, half an answer, nonsense
/// </code>
/// A commit lands on the table as the requirements describe it, not on the exact base: changes they do not mention may be in between.
/// What a server hands out for the files of tables is told by <see cref="Grants"/>; requests about a table go by its own token where the
/// server gave one.
/// </remarks>
public sealed partial class RestCatalog : ICatalog, IDisposable
{
    private const int MostCached = 256;

    private readonly RestOptions options;
    private readonly RestClient client;
    private readonly IdempotencyKeys keys;
    private readonly TableGrants grants;
    private readonly IClock clock;
    private readonly ImmutableArray<string> roots;
    private readonly ConcurrentDictionary<TableIdent, (string ETag, Table Table)> cache = new();
    private volatile RestConfig? config;

    /// <summary>Asks the server nothing yet.</summary>
    public RestCatalog(RestOptions options, IClock? clock = null, IRandom? random = null)
    {
        this.options = options;
        this.clock = clock ??= SystemClock.Instance;
        client = new RestClient(options, clock);
        grants = new TableGrants(clock, Renewed, SignerOf);
        keys = new IdempotencyKeys(clock, random ?? SystemRandom.Instance);
        roots = [.. options.StorageRoots.Select(r => Location.Canonical(Location.Normalize(r)))];
    }

    /// <summary>What the server has handed out for the files of the tables that were loaded, renewed by it.</summary>
    public IStorageGrants Grants => grants;

    private string? Delegation => options.Access switch
    {
        StorageAccess.Vended => "vended-credentials",
        StorageAccess.Signed => "remote-signing",
        _ => null,
    };

    /// <summary>Asks the server whether it is one, and takes the login: throws what is wrong.</summary>
    public void Connect() => _ = Config();

    /// <summary>What ingest needs of the server and its list lacks, as the list would have it.</summary>
    public IEnumerable<string> Missing() =>
        ((string[])[RestEndpoint.LoadTable, RestEndpoint.CreateTable, RestEndpoint.Commit]).Where(e => !Config().Offers(e));

    public Table Load(TableIdent ident) => TryLoad(ident) ?? throw new EngineException(ErrorKind.NotFound,
        $"table {ident} does not exist in {client.Root}");

    public Table? TryLoad(TableIdent ident)
    {
        var known = cache.TryGetValue(ident, out var cached);
        var answer = client.Send(new RestRequest(HttpMethod.Get, UriOf(ident))
        {
            IfNoneMatch = known ? cached.ETag : null,
            Delegation = Delegation,
            Token = grants.TokenOf(ident),
        });
        if (answer.Status == 304 && known) return cached.Table;
        if (answer.Status == 404)
        {
            Forget(ident);
            return null;
        }
        RequireSuccess(answer, $"table {ident}", changes: false);
        return Keep(ReadTable(ident, answer), answer);
    }

    public Table Create(TableIdent ident, TableCreation creation)
    {
        if (creation.Refusal() is { } refusal) throw new EngineException(ErrorKind.Invalid, $"table {ident} cannot be created: {refusal}");
        Config().Require(RestEndpoint.CreateTable);
        TableNames.Require(ident, strict: false);
        var request = new RestRequest(HttpMethod.Post, $"{UriOf(ident.Namespace)}/tables")
        {
            Body = RestBodies.Creation(ident.Name, creation),
            Changes = true,
            Delegation = Delegation,
        };
        var answer = Change(request);
        if (answer.Status == 404)
        {
            CreateNamespace(ident.Namespace);
            answer = Change(request);
        }
        if (answer.Status == 409) throw new EngineException(ErrorKind.AlreadyExists, $"table {ident} exists already");
        RequireSuccess(answer, $"table {ident} cannot be created", changes: true);
        try
        {
            return Keep(ReadTable(ident, answer), answer);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Corrupt)
        {
            throw new EngineException(ErrorKind.Unknown,
                $"table {ident} was probably created, but the answer cannot be read: {error.Message}", error);
        }
    }

    public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
    {
        var ident = current.Ident;
        Config().Require(RestEndpoint.Commit);
        var request = new RestRequest(HttpMethod.Post, UriOf(ident))
        {
            Body = RestBodies.Commit(ident, updates, requirements),
            Changes = true,
            Token = grants.TokenOf(ident),
        };
        RestAnswer answer;
        try
        {
            KillPoint.Hit("rest.before-commit");
            answer = Change(request);
            KillPoint.Hit("rest.commit-answered");
            cache.TryRemove(ident, out _);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Unknown)
        {
            return new CommitOutcome.Unknown(new EngineException(ErrorKind.Unknown, $"table {ident}: {error.Message}", error));
        }
        if (answer.IsSuccess) return Landed(ident, answer, updates);
        var why = $"table {ident}: {Problem(answer)}";
        if (RestStatus.IsConflict(answer)) return Refused(current, updates, why);
        if (RestStatus.IsUncertain(answer.Status)) return new CommitOutcome.Unknown(new EngineException(ErrorKind.Unknown, why));
        throw new EngineException(RestStatus.KindOf(answer.Status), why);
    }

    public bool Drop(TableIdent ident, bool purge)
    {
        Config().Require(RestEndpoint.DropTable);
        var uri = $"{UriOf(ident)}?purgeRequested={(purge ? "true" : "false")}";
        var answer = client.Send(new RestRequest(HttpMethod.Delete, uri) { Changes = true, Token = grants.TokenOf(ident) });
        if (answer.Status == 404) return false;
        RequireSuccess(answer, $"table {ident} cannot be dropped", changes: true);
        Forget(ident);
        return true;
    }

    public Table Register(TableIdent ident, string metadataLocation)
    {
        Config().Require(RestEndpoint.Register);
        TableNames.Require(ident, strict: false);
        var body = RestBodies.Registration(ident.Name, metadataLocation);
        var request = new RestRequest(HttpMethod.Post, $"{UriOf(ident.Namespace)}/register") { Body = body, Changes = true, Delegation = Delegation };
        var answer = Change(request);
        if (answer.Status == 404)
        {
            CreateNamespace(ident.Namespace);
            answer = Change(request);
        }
        if (answer.Status == 409) throw new EngineException(ErrorKind.AlreadyExists, $"table {ident} exists already");
        RequireSuccess(answer, $"table {ident} cannot be registered", changes: true);
        try
        {
            return Keep(ReadTable(ident, answer), answer);
        }
        catch (EngineException error)
        {
            throw new EngineException(ErrorKind.Unknown, $"table {ident} was probably registered, but cannot be used: {error.Message}",
                error);
        }
    }

    public void Rename(TableIdent from, TableIdent to)
    {
        TableNames.Require(from, strict: false);
        TableNames.Require(to, strict: false);
        Config().Require(RestEndpoint.Rename);
        var body = RestBodies.Renaming(from, to);
        var request = new RestRequest(HttpMethod.Post, $"{Config().Base}/tables/rename") { Body = body, Changes = true, Token = grants.TokenOf(from) };
        var answer = Change(request);
        if (answer.Status == 404 && TryLoad(from) is not null)
        {
            CreateNamespace(to.Namespace);
            answer = Change(request);
        }
        Forget(from);
        if (answer.Status == 404) throw new EngineException(ErrorKind.NotFound, $"table {from} does not exist in {client.Root}");
        if (answer.Status == 409) throw new EngineException(ErrorKind.AlreadyExists, $"table {to} exists already");
        RequireSuccess(answer, $"table {from} cannot be renamed", changes: true);
    }

    public void Dispose() => client.Dispose();

    private RestConfig Config()
    {
        if (config is { } known) return known;
        var what = $"{client.Root}/v1/config" + (options.Warehouse is { } warehouse ? "?warehouse=" + Uri.EscapeDataString(warehouse) : "");
        var answer = client.Send(new RestRequest(HttpMethod.Get, what));
        if (answer.Status is 400 or 404) throw new EngineException(ErrorKind.NotFound,
            $"{what}: no such catalog or warehouse: {Problem(answer)}");
        RequireSuccess(answer, what, changes: false);
        try
        {
            return config = RestConfig.Parse(answer, client.Root, what);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Corrupt)
        {
            throw new EngineException(ErrorKind.Unsupported, $"{what} answers, but not as an Iceberg REST catalog: {error.Message}", error);
        }
    }

    private string UriOf(ImmutableArray<string> levels) => $"{Config().Base}/namespaces/{Config().Path(levels)}";

    private string UriOf(TableIdent ident)
    {
        TableNames.Require(ident, strict: false);
        return $"{UriOf(ident.Namespace)}/tables/{Uri.EscapeDataString(ident.Name)}";
    }

    /// <summary>Sends a change with the key it was sent with before, should its outcome have stayed open.</summary>
    private RestAnswer Change(RestRequest request)
    {
        if (Config().KeyLifeMs is not { } life) return client.Send(request);
        var name = IdempotencyKeys.NameOf(request.Uri, request.Body!);
        var answer = client.Send(request with { IdempotencyKey = keys.For(name, life) });
        if (!RestStatus.IsUncertain(answer.Status)) keys.Close(name);
        return answer;
    }

    private void Forget(TableIdent ident)
    {
        cache.TryRemove(ident, out _);
        grants.Forget(ident);
    }

    /// <summary>Other keys for a table's files: from where the server says, where the protocol has it, or with the table itself.</summary>
    private ServedConfig Renewed(TableIdent ident, ServedConfig old)
    {
        var uri = old.Refresher is { } told ? RestConfig.AddressOnSameHost(told, Config().Root)
            : Config().Lists(RestEndpoint.Credentials) ? UriOf(ident) + "/credentials" : null;
        var token = grants.TokenOf(ident);
        if (uri is not null)
        {
            var answer = client.Send(new RestRequest(HttpMethod.Get, uri) { Delegation = Delegation, Token = token });
            if (answer.IsSuccess)
            {
                var what = $"credentials of table {ident} from {client.Root}";
                return old.With(Json.Parse(answer.Body, what, json =>
                {
                    Json.NeedObject(json, what);
                    return ServedConfig.Read(json, what, clock.UnixMs);
                }));
            }
            if (RestStatus.IsUncertain(answer.Status) || answer.Status == 429) throw new EngineException(ErrorKind.Unavailable,
                $"credentials of table {ident}: {Problem(answer)}");
        }
        var loaded = client.Send(new RestRequest(HttpMethod.Get, UriOf(ident)) { Delegation = Delegation, Token = token });
        RequireSuccess(loaded, $"credentials of table {ident}", changes: false);
        return Parse(ident, loaded).Config.Over(Config().Storage);
    }

    private RemoteSigner SignerOf(TableIdent ident, IStorageGrant grant) =>
        new(grant, Config().Root, clock, request => client.Send(request with { Token = grants.TokenOf(ident) }));

    private CommitOutcome Landed(TableIdent ident, RestAnswer answer, ImmutableArray<MetadataUpdate> updates)
    {
        try
        {
            var table = ReadTable(ident, answer);
            foreach (var update in updates)
                if (update is MetadataUpdate.AddSnapshot added && table.Metadata.FindSnapshot(added.Snapshot.SnapshotId) is null)
                    return Unread($"the table in the answer lacks snapshot {added.Snapshot.SnapshotId}");
            return new CommitOutcome.Committed(Keep(table, answer));
        }
        catch (EngineException error)
        {
            // Whatever is wrong with the answer, the commit was accepted.
            return Unread(error.Message);
        }

        CommitOutcome Unread(string why) => new CommitOutcome.Unknown(new EngineException(ErrorKind.Unknown,
            $"table {ident}: the commit was accepted, but its answer cannot be used: {why}"));
    }

    /// <summary>
    /// A refusal may be meant for a second sending of a commit that landed. The contract's Conflict is certain, so the table has to show
    /// it.
    /// </summary>
    private CommitOutcome Refused(Table sent, ImmutableArray<MetadataUpdate> updates, string why)
    {
        if (updates.OfType<MetadataUpdate.AddSnapshot>().LastOrDefault()?.Snapshot.SnapshotId is not { } id)
            return new CommitOutcome.Conflict(why);
        var branch = updates.OfType<MetadataUpdate.SetSnapshotRef>().FirstOrDefault(u => u.Ref.SnapshotId == id)?.Name ?? SnapshotRef.Main;
        try
        {
            var now = Load(sent.Ident);
            if (now.Metadata.Uuid != sent.Metadata.Uuid) return new CommitOutcome.Conflict(why);
            return SnapshotFate.Of(id, branch, sent.Metadata, now.Metadata) switch
            {
                CommitFate.Landed => new CommitOutcome.Committed(now),
                CommitFate.Never => new CommitOutcome.Conflict(why),
                _ => new CommitOutcome.Unknown(new EngineException(ErrorKind.Unknown, why)),
            };
        }
        catch (EngineException error)
        {
            return new CommitOutcome.Unknown(new EngineException(ErrorKind.Unknown, $"{why}; then {error.Message}", error));
        }
    }

    private Table Keep(Table table, RestAnswer answer)
    {
        if (cache.Count >= MostCached) cache.Clear();
        if (answer.ETag is { Length: > 0 } tag) cache[table.Ident] = (tag, table);
        else cache.TryRemove(table.Ident, out _);
        return table;
    }

    private Table ReadTable(TableIdent ident, RestAnswer answer)
    {
        var (table, served) = Parse(ident, answer);
        RequireServed(table);
        // Answers to commits hold nothing but metadata.
        if (options.Access != StorageAccess.Own && !served.IsEmpty) grants.Keep(table, served.Over(Config().Storage));
        return table;
    }

    private (Table Table, ServedConfig Config) Parse(TableIdent ident, RestAnswer answer)
    {
        var what = $"table {ident} from {client.Root}";
        return Json.Parse(answer.Body, what, root =>
        {
            Json.NeedObject(root, what);
            var table = new Table(ident, TableMetadataJson.Read(Json.Need(root, "metadata", what), what),
                Json.String(root, "metadata-location", what));
            return (table, ServedConfig.Read(root, what, clock.UnixMs));
        });
    }

    /// <summary>
    /// A table is only worked on where the configuration lets files be: a server cannot make this process write elsewhere.
    /// </summary>
    private void RequireServed(Table table)
    {
        if (roots.IsEmpty) return;
        var location = Location.Canonical(Location.Normalize(table.Metadata.Location));
        if (roots.Any(r => Location.IsUnder(location, r))) return;
        var scheme = Location.SchemeOf(location);
        throw roots.Any(r => Location.SchemeOf(r) == scheme)
            ? new EngineException(ErrorKind.Denied,
                $"table {table.Ident} lies at {location}, outside {string.Join(", ", roots)}, where tables may be")
            : new EngineException(ErrorKind.Unsupported,
                $"table {table.Ident} lies at {location}: there is no store for '{scheme}' locations");
    }

    private string Problem(RestAnswer answer) => client.Scrub(answer.Problem);

    private void RequireSuccess(RestAnswer answer, string what, bool changes)
    {
        if (answer.IsSuccess) return;
        var kind = RestStatus.IsUncertain(answer.Status) ? changes ? ErrorKind.Unknown : ErrorKind.Unavailable
            : RestStatus.KindOf(answer.Status);
        throw new EngineException(kind, $"{what}: {Problem(answer)}");
    }
}
