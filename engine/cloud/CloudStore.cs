using System.Globalization;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>Objects in a store of a cloud, or one that speaks like it, below one location: a bucket, or a folder in one.</summary>
/// <remarks>
/// <para><see cref="PutIfAbsent"/> is a conditional write. A store that takes the condition and passes over it would let two writers win:
/// so where that is not known, it is tried before the first such write, and a store that fails is refused as Unsupported.</para>
/// <para>Each write leaves a mark of its own on the object, so that a writer whose answer was lost can tell its object from
/// another's.</para>
/// </remarks>
public sealed class CloudStore : IObjectStore
{
    private const int RequestsAtOnce = 8;

    private readonly CloudService service;
    private readonly CloudClient client;
    private readonly PartBuffers buffers;
    private readonly RangeBuffers ranges;
    private readonly IRandom random;
    private readonly string root;
    private volatile bool isConditional;
    private volatile bool deletesSingly;

    /// <param name="root">Where every object lies below, by any name of its scheme.</param>
    /// <param name="options">How to reach it: of the kind that goes with the scheme.</param>
    /// <param name="clock">For signatures and waits.</param>
    /// <param name="random">For waits and marks.</param>
    public CloudStore(string root, StoreOptions options, IClock? clock = null, IRandom? random = null)
        : this(root, options, clock ?? SystemClock.Instance, random ?? SystemRandom.Instance,
            new PartBuffers(options.PartBytes, options.UploadBytes), new RangeBuffers())
    {
    }

    internal CloudStore(string root, StoreOptions options, IClock clock, IRandom random, PartBuffers buffers, RangeBuffers ranges)
    {
        Root = Location.Normalize(root);
        this.root = Location.Canonical(Root);
        if (Location.Climbs(this.root)) throw new EngineException(ErrorKind.Invalid, $"{Root} climbs");
        this.random = random;
        (this.buffers, this.ranges) = (buffers, ranges);
        var http = HttpConnections.Of(options);
        service = options.Service(http, clock);
        _ = CloudPlace.Of(Root, service.Scheme);
        client = new CloudClient(service, http, options, clock, random);
        isConditional = service.HeedsConditions;
    }

    public string Root { get; }

    public IObjectWriter Create(string location) => new CloudWriter(client, buffers, ObjectAt(location), NewToken());

    public bool PutIfAbsent(string location, ReadOnlySpan<byte> bytes)
    {
        var place = ObjectAt(location);
        RequireConditionalWrites();
        return PutUnlessThere(place, bytes);
    }

    /// <summary>
    /// Finds out, by writing an object and removing it, whether the store heeds conditions; once it has, nothing more is asked.
    /// </summary>
    /// <exception cref="EngineException">Unsupported: it does not, and tables cannot be kept there without a catalog.</exception>
    public void RequireConditionalWrites()
    {
        if (isConditional) return;
        var probe = ObjectAt($"{Root}/.k2i-probe-{random.NewGuid():N}");
        var (first, second) = (false, true);
        try
        {
            first = PutUnlessThere(probe, "first"u8);
            second = PutUnlessThere(probe, "second"u8);
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Unsupported or ErrorKind.Invalid)
        {
            throw NoConditions(error.Message, error);
        }
        finally
        {
            client.Tidy(service.Delete(probe));
        }
        if (!first || second) throw NoConditions("it overwrote an object that was there", null);
        isConditional = true;
    }

    public void Put(string location, ReadOnlySpan<byte> bytes)
    {
        var place = ObjectAt(location);
        var answer = client.Send(service.Put(place, bytes.ToArray(), NewToken(), ifAbsent: false));
        if (!answer.IsSuccess) throw Missing(place);
    }

    public byte[] Read(string location)
    {
        var place = ObjectAt(location);
        var answer = client.Send(service.Get(place));
        return answer.IsSuccess ? answer.Body : throw Missing(place);
    }

    public IReadOnlyList<byte[]?> ReadAll(IReadOnlyList<string> locations) =>
        [.. SendAll([.. locations.Select(l => service.Get(ObjectAt(l)))]).Select(a => a.IsSuccess ? a.Body : null)];

    public IObjectReader Open(string location, long? length = null) => new CloudReader(client, ranges, ObjectAt(location), length);

    public bool Exists(string location) => client.Find(ObjectAt(location)) is not null;

    public long Length(string location)
    {
        var place = ObjectAt(location);
        return client.Find(place)?.Length ?? throw Missing(place);
    }

    public IReadOnlyList<long> Lengths(IReadOnlyList<string> locations)
    {
        var places = locations.Select(ObjectAt).ToList();
        return [.. SendAll([.. places.Select(service.Look)]).Zip(places, (a, p) => client.Found(a, p)?.Length ?? throw Missing(p))];
    }

    public IEnumerable<ObjectInfo> List(string prefix)
    {
        var place = Below(prefix);
        var start = prefix[..^place.Key.Length];
        // A key that ends with a slash is some tool's picture of a folder.
        return Pages(place, null).SelectMany(p => p.Objects).Where(o => !o.Location.EndsWith('/'))
            .Select(o => o with { Location = start + o.Location });
    }

    public IEnumerable<string> ListFolders(string folder)
    {
        var place = Below(folder.EndsWith('/') ? folder : folder + "/");
        return Pages(place, "/").SelectMany(p => p.Folders).Select(f => f[place.Key.Length..^1]);
    }

    /// <remarks>One request where the names have a beginning of their own.</remarks>
    public string? FindFirst(IReadOnlyList<string> locations)
    {
        var places = locations.Select(ObjectAt).ToList();
        var start = CommonStart(places);
        var page = PageAfter(places[0] with { Key = start }, null, null);
        if (page.Next is { Length: > 0 }) return locations.FirstOrDefault(Exists);
        var there = page.Objects.Select(o => o.Location).ToHashSet(StringComparer.Ordinal);
        var first = places.FindIndex(p => there.Contains(p.Key));
        return first < 0 ? null : locations[first];
    }

    public bool Delete(string location)
    {
        var place = ObjectAt(location);
        // What is deleted and what was not there are answered alike.
        if (!service.DeleteTells && client.Find(place) is null) return false;
        var answer = client.Send(service.Delete(place));
        return answer.IsSuccess || (answer.Status == 404 && answer.AfterDoubt);
    }

    public IReadOnlyDictionary<string, EngineException> DeleteAll(IReadOnlyCollection<string> locations)
    {
        var failed = new Dictionary<string, EngineException>(StringComparer.Ordinal);
        foreach (var batch in locations.Chunk(CloudService.MostDeletes))
            foreach (var (location, error) in deletesSingly ? DeleteSingly(batch) : DeleteTogether(batch)) failed[location] = error;
        return failed;
    }

    public IEnumerable<UnfinishedObject> ListUnfinished(string prefix)
    {
        var place = Below(prefix);
        var start = prefix[..^place.Key.Length];
        (string Key, string? Id)? next = null;
        do
        {
            if (UploadsAfter(place, next) is not { } page) yield break;
            // Not every store heeds the prefix.
            foreach (var upload in page.Uploads.Where(u => u.Location.StartsWith(place.Key, StringComparison.Ordinal)))
                yield return upload with { Location = start + upload.Location };
            if (page.Next is not null && page.Next == next)
                throw new EngineException(ErrorKind.Corrupt, $"{place.Location}: the list of uploads goes round in circles");
            next = page.Next;
        }
        while (next is not null);
    }

    public bool Abort(UnfinishedObject unfinished) =>
        service.AbortUpload(ObjectAt(unfinished.Location), unfinished.Id) is { } abort && client.Send(abort).IsSuccess;

    internal static EngineException Missing(CloudPlace place) => new(ErrorKind.NotFound, $"{place.Location} does not exist");

    /// <summary>Requests that change nothing, some at a time; the answers in their order.</summary>
    private List<CloudAnswer> SendAll(List<CloudRequest> requests)
    {
        if (requests.Count == 1) return [client.Send(requests[0])];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(CallScope.Token);
        var sent = new Queue<Task<HttpResponseMessage>>();
        var answers = new List<CloudAnswer>();
        try
        {
            for (var at = 0; answers.Count < requests.Count;)
            {
                if (at < requests.Count && sent.Count < RequestsAtOnce)
                {
                    sent.Enqueue(client.Start(requests[at++], stop.Token));
                    continue;
                }
                var request = requests[answers.Count];
                answers.Add(client.Finish(request, sent.Dequeue()) ?? client.Send(request));
            }
            return answers;
        }
        finally
        {
            stop.Cancel();
            // Those that were asked for in vain end here.
            foreach (var task in sent) _ = client.Finish(requests[^1], task);
        }
    }

    private bool PutUnlessThere(CloudPlace place, ReadOnlySpan<byte> bytes)
    {
        var token = NewToken();
        var answer = client.Send(service.Put(place, bytes.ToArray(), token, ifAbsent: true));
        if (answer.IsSuccess) return true;
        if (answer.Status != 412) throw Missing(place);
        if (!answer.AfterDoubt) return false;
        try
        {
            if (client.HasToken(place, token) is { } isOurs) return isOurs;
        }
        catch (EngineException error)
        {
            throw Undecided(error);
        }
        throw Undecided(null);

        EngineException Undecided(Exception? error) =>
            new(ErrorKind.Unknown,
                $"{place.Location} is there, and whether by this write is not known{(error is null ? "" : $": {error.Message}")}", error);
    }

    private Dictionary<string, EngineException> DeleteTogether(string[] locations)
    {
        Dictionary<string, EngineException> failed = new(StringComparer.Ordinal), byKey = [];
        var places = new Dictionary<string, CloudPlace>(StringComparer.Ordinal);
        try
        {
            foreach (var location in locations) places[location] = ObjectAt(location);
            if (service.DeleteAll([.. places.Values]) is not { } request) return DeleteSingly(locations);
            var answer = client.Send(request);
            if (!answer.IsSuccess) throw Missing(request.Place);
            byKey = service.NotDeleted(answer, request.Place);
        }
        catch (EngineException error) when (error.Kind is ErrorKind.Unsupported or ErrorKind.Invalid or ErrorKind.Denied)
        {
            failed = DeleteSingly(locations);
            // A store without such requests is not asked again; one that refuses everything may not do so for ever.
            deletesSingly |= failed.Count == 0;
            return failed;
        }
        catch (EngineException error)
        {
            foreach (var location in locations) failed[location] = error;
            return failed;
        }
        foreach (var (location, place) in places)
            if (byKey.TryGetValue(place.Key, out var error)) failed[location] = error;
        return failed;
    }

    private Dictionary<string, EngineException> DeleteSingly(string[] locations)
    {
        var failed = new Dictionary<string, EngineException>(StringComparer.Ordinal);
        foreach (var location in locations)
        {
            try
            {
                _ = client.Send(service.Delete(ObjectAt(location)));
            }
            catch (EngineException error)
            {
                failed[location] = error;
            }
        }
        return failed;
    }

    private static string CommonStart(List<CloudPlace> places)
    {
        var (start, length) = (places[0].Key, places[0].Key.Length);
        foreach (var place in places) length = Math.Min(length, place.Key.AsSpan().CommonPrefixLength(start));
        return start[..length];
    }

    private IEnumerable<CloudPage> Pages(CloudPlace place, string? delimiter)
    {
        string? next = null;
        do
        {
            var page = PageAfter(place, delimiter, next);
            yield return page;
            next = page.Next;
        }
        while (!string.IsNullOrEmpty(next));
    }

    private CloudPage PageAfter(CloudPlace place, string? delimiter, string? next)
    {
        var answer = client.Send(service.List(place, delimiter, next));
        if (!answer.IsSuccess) throw Missing(place);
        return service.Page(answer.Body) ?? throw new EngineException(ErrorKind.Corrupt,
            $"{place.Location}: what {service.Name} answered is no listing");
    }

    /// <summary>Null where uploads end by themselves.</summary>
    private (List<UnfinishedObject> Uploads, (string Key, string? Id)? Next)? UploadsAfter(CloudPlace place, (string Key, string? Id)? from)
    {
        if (service.ListUploads(place, from) is not { } request) return null;
        try
        {
            var answer = client.Send(request);
            if (!answer.IsSuccess) throw Missing(place);
            return service.Uploads(answer.Body) ?? throw new EngineException(ErrorKind.Corrupt,
                $"{place.Location}: what {service.Name} answered is no list of uploads");
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Invalid && from is { Id: not null })
        {
            // Some stores refuse their own mark: without it more uploads of that key are found once these are gone.
            return UploadsAfter(place, (from.Value.Key, null));
        }
    }

    private CloudPlace ObjectAt(string location)
    {
        var place = Below(location);
        return place.Key.Length > 0 && !place.Key.EndsWith('/') && Location.Canonical(location).Length > root.Length
            ? place : throw new EngineException(ErrorKind.Invalid, $"{location} is not an object");
    }

    private CloudPlace Below(string location) => Location.IsUnder(Location.Canonical(location), root)
        ? CloudPlace.Of(location, service.Scheme) : throw new EngineException(ErrorKind.Invalid, $"{location} does not lie below {Root}");

    private string NewToken() => random.NewGuid().ToString("N", CultureInfo.InvariantCulture);

    private EngineException NoConditions(string why, Exception? error) => new(ErrorKind.Unsupported,
        $"{Root}: the store does not heed If-None-Match, so that of two writers both would win: keep the tables in a catalog "
        + $"(catalog = rest), or take a store that does ({why})", error);
}
