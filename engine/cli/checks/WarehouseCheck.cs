using K2I.Base;
using K2I.Iceberg;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli.Checks;

/// <summary>Writes a small object to where the tables' files go, reads it back, deletes it.</summary>
internal static class WarehouseCheck
{
    public static IEnumerable<CheckResult> Run(EngineOptions options)
    {
        var word = Catalogs.WordForRoot(options.Iceberg);
        if (options.Iceberg.StorageRoot is null && options.Iceberg.Rest is not null) return GrantCheck.Run(options);
        var isLocal = Location.SchemeOf(Catalogs.RootOf(options.Iceberg)) == "file";
        if (!isLocal && options.Iceberg.Rest is { Access: not StorageAccess.Own }) return GrantCheck.Run(options);
        var inClouds = RightsCheck.Run(options.Iceberg);
        return isLocal ? [Local(options, word), .. inClouds] : inClouds;
    }

    private static CheckResult Local(EngineOptions options, string word)
    {
        var name = $"{word} {options.Iceberg.StorageRoot ?? options.Iceberg.Warehouse}";
        try
        {
            var folder = Location.LocalPath(Catalogs.RootOf(options.Iceberg));
            var existed = Directory.Exists(folder);
            var store = new LocalStore(Catalogs.RootOf(options.Iceberg));
            var probe = Location.Join(store.Root, $".k2i-probe-{Guid.NewGuid():N}");
            store.Put(probe, "probe"u8);
            var same = store.Read(probe).AsSpan().SequenceEqual("probe"u8);
            store.Delete(probe);
            if (!existed) Directory.Delete(folder);
            return new CheckResult(name, same, same ? existed ? "can be written, read and deleted in" : "does not exist, can be created"
                : "what was written reads back differently", same ? null : "look at the file system below it");
        }
        catch (Exception error) when (error is EngineException or IOException)
        {
            return new CheckResult(name, false, error.Message, $"[iceberg] {word} must be a directory that this user may write",
                Unreachable: true);
        }
    }
}
