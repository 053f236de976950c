using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using K2I.Base;

namespace K2I.Storage;

/// <summary>Objects reached by what was handed out for them; by a store of one's own where nothing was. Any thread.</summary>
/// <param name="own">For all else; null where all else is refused.</param>
/// <param name="grants">Who hands out.</param>
/// <param name="make">Makes a store below a root that is reached by a grant; kept for as long as that is.</param>
public sealed class GrantedStore(IObjectStore? own, IStorageGrants grants, Func<string, IStorageGrant, IObjectStore> make) : RoutedStore
{
    private readonly ConditionalWeakTable<IStorageGrant, ConcurrentDictionary<string, IObjectStore>> stores = [];

    private protected override IObjectStore For(string location)
    {
        // A server does not say how this machine's files are reached.
        if (Location.SchemeOf(location) == "file" || grants.For(location) is not { } grant)
            return own ?? throw new EngineException(ErrorKind.Denied,
                $"{location}: the catalog hands out no keys for it, and storage_root does not say that one's own are for there");
        return stores.GetOrCreateValue(grant).GetOrAdd(HostOf(location), static (root, of) => of.make(root, of.grant), (make, grant));
    }

    /// <summary>Scheme and bucket: what is below it that the grant does not reach, the store refuses.</summary>
    private static string HostOf(string location)
    {
        var path = location.IndexOf("://", StringComparison.Ordinal) + "://".Length;
        var slash = location.IndexOf('/', path);
        return slash < 0 ? location : location[..slash];
    }
}
