using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Storage;

/// <summary>What reaches some objects, from whoever hands it out. Any thread; calls block.</summary>
public interface IStorageGrant
{
    /// <summary>
    /// Properties by the names that Iceberg's catalogs give them, secrets among them, good for now: asked for again before they end. The
    /// same object
    /// until there are others.
    /// </summary>
    /// <exception cref="EngineException">What was handed out has ended, and no other can be had: Unavailable, Denied.</exception>
    ImmutableSortedDictionary<string, string> Current();

    /// <summary>Signs the requests that reach them; null where keys are among the properties.</summary>
    IRequestSigner? Signer { get; }
}
