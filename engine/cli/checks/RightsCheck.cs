using K2I.Base;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Checks;

/// <summary>
/// Tries in an object store each thing that ingest will do there, so that a right that is missing is named. What it makes it removes.
/// </summary>
internal static class RightsCheck
{
    /// <summary>Tries each place of <see cref="Catalogs.PlacesOf"/> that is not local.</summary>
    public static IEnumerable<CheckResult> Run(IcebergOptions options) =>
        Catalogs.PlacesOf(options).Where(p => Location.SchemeOf(p) != "file").SelectMany(p => Run(options, p));

    private static List<CheckResult> Run(IcebergOptions options, string root)
    {
        var isMain = root == Catalogs.RootOf(options);
        var name = $"{(isMain ? Catalogs.WordForRoot(options) : "location")} {root}";
        IObjectStore store;
        try
        {
            store = Catalogs.StoreAt(root, options);
        }
        catch (EngineException error)
        {
            return [new(name, false, error.Message, $"check the location and {SectionOf(root)}")];
        }
        // A catalog server decides between writers itself.
        return Try(name, root, store, conditional: isMain && options.Catalog == "file");
    }

    /// <param name="name">Of the place, for the results.</param>
    /// <param name="root">Below which it is tried.</param>
    /// <param name="store">That is tried.</param>
    /// <param name="conditional">Conditional writes are needed.</param>
    public static List<CheckResult> Try(string name, string root, IObjectStore store, bool conditional)
    {
        var probe = Location.Join(root, $".k2i-probe-{Guid.NewGuid():N}");
        List<(string What, Action Try)> rights =
        [
            ("list", () => _ = store.List(root + "/").Any()),
            ("put", () => store.Put(probe, "probe"u8)),
            ("read", () => Require(store.Read(probe).AsSpan().SequenceEqual("probe"u8), "what was written reads back differently")),
            ("multipart", () => Upload(store, probe)),
            ("delete", () => Require(store.Delete(probe), "what was written is not there")),
        ];
        if (conditional) rights.Insert(2, ("conditional put", () => PutTwice(store, probe + "-once")));
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
                results.Add(new($"{name}: {what}", false, error.Message, Hint(error.Kind, what, SectionOf(root)), unreachable));
                // What does not answer would be waited for each time.
                if (error.Kind == ErrorKind.Unavailable) break;
            }
        }
        return results;
    }

    private static string SectionOf(string root) => Location.SchemeOf(Location.Canonical(root)) switch
    {
        Location.Google => "[gcs]",
        Location.Azure => "[azure]",
        _ => "[s3]",
    };

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

    /// <summary>The first makes the object, the second finds it.</summary>
    private static void PutTwice(IObjectStore store, string location)
    {
        Require(store.PutIfAbsent(location, "probe"u8), "what was not there is said to be");
        var again = store.PutIfAbsent(location, "probe"u8);
        store.Delete(location);
        Require(!again, "an object that was there was overwritten");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new EngineException(ErrorKind.Corrupt, otherwise);
    }

    private static string Hint(ErrorKind kind, string what, string section) => kind switch
    {
        ErrorKind.Denied => $"check the login in {section} or the environment, and that it has the right to {what}",
        ErrorKind.NotFound => "create the bucket or container, or name another",
        ErrorKind.Unsupported when what == "conditional put" => "set catalog = rest, or take a store with conditional writes",
        _ => $"check {section}, and that it can be reached from here",
    };
}
