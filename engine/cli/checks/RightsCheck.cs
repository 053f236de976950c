using K2I.Base;
using K2I.Cloud;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Checks;

/// <summary>
/// Tries in an object store each thing that ingest will do there, so that a right that is missing is named. What it makes it removes.
/// </summary>
internal static class RightsCheck
{
    public static IEnumerable<CheckResult> Run(IcebergOptions options)
    {
        var root = Catalogs.RootOf(options);
        var name = $"{Catalogs.WordForRoot(options)} {root}";
        IObjectStore store;
        try
        {
            store = Catalogs.StoreAt(root, options);
        }
        catch (EngineException error)
        {
            return [new(name, false, error.Message, "check warehouse and [s3]")];
        }
        var probe = Location.Join(root, $".k2i-probe-{Guid.NewGuid():N}");
        List<(string What, Action Try)> rights =
        [
            ("list", () => _ = store.List(root + "/").Any()),
            ("put", () => store.Put(probe, "probe"u8)),
            ("read", () => Require(store.Read(probe).AsSpan().SequenceEqual("probe"u8), "what was written reads back differently")),
            ("multipart", () => Upload(store, probe)),
            ("delete", () => Require(store.Delete(probe), "what was written is not there")),
        ];
        // A catalog server decides between writers itself.
        if (options.Catalog == "file") rights.Insert(2, ("conditional put", () => (store as S3Store)?.RequireConditionalWrites()));
        var results = new List<CheckResult>();
        foreach (var (what, attempt) in rights)
        {
            try
            {
                attempt();
                results.Add(new($"{name}: {what}", true, "works"));
            }
            catch (EngineException error)
            {
                var unreachable = error.Kind is ErrorKind.Unavailable or ErrorKind.Denied;
                results.Add(new($"{name}: {what}", false, error.Message, Hint(error.Kind, what), unreachable));
                // What does not answer would be waited for each time.
                if (error.Kind == ErrorKind.Unavailable) break;
            }
        }
        return results;
    }

    /// <summary>More than one part of any store.</summary>
    private static void Upload(IObjectStore store, string location)
    {
        const int bytes = (8 << 20) + 1;
        using (var writer = store.Create(location))
        {
            writer.Write(new byte[bytes]);
            writer.Complete();
        }
        Require(store.Length(location) == bytes, "what was uploaded has another length");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new EngineException(ErrorKind.Corrupt, otherwise);
    }

    private static string Hint(ErrorKind kind, string what) => kind switch
    {
        ErrorKind.Denied => $"check the keys in [s3] or the environment, and that they have the right to {what}",
        ErrorKind.NotFound => "create the bucket, or name another",
        ErrorKind.Unsupported when what == "conditional put" => "set catalog = rest, or take a store with conditional writes",
        _ => "check region and endpoint in [s3], and that it can be reached from here",
    };
}
