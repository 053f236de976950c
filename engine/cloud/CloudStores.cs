using System.Collections.Concurrent;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>
/// Makes stores of clouds, any number of them: what parts of files on their way may take is shared by all of one kind,
/// what is read ahead by all. Any thread.
/// </summary>
public sealed class CloudStores(IClock clock, IRandom random)
{
    private readonly RangeBuffers ranges = new();
    private readonly ConcurrentDictionary<string, PartBuffers> buffers = new(StringComparer.Ordinal);

    /// <summary>The store below a location, chosen by its scheme. Nothing is asked yet.</summary>
    /// <param name="root">Where every object lies below.</param>
    /// <param name="properties">
    /// How it is reached and who asks, by the names that Iceberg's catalogs have for it (<see cref="S3Keys"/>). Where they say when they
    /// end,
    /// they are asked for again before that, while the store is in use: credentials are taken from them then, and nothing else. Any thread;
    /// they may block, and throw as a store does.
    /// </param>
    /// <param name="signer">Signs requests to S3 in place of keys; null for none.</param>
    /// <exception cref="EngineException">Invalid: a value is not what its name demands. Unsupported: no store for such
    /// locations.</exception>
    public CloudStore Open(string root, Func<IReadOnlyDictionary<string, string>> properties, IRequestSigner? signer = null)
    {
        var options = StoreOptions.Of(root, properties, signer);
        var shared = buffers.GetOrAdd(Location.SchemeOf(Location.Canonical(root)),
            static (_, o) => new PartBuffers(o.PartBytes, o.UploadBytes), options);
        return new CloudStore(root, options, clock, random, shared, ranges);
    }
}
