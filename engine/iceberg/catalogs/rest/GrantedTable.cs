using System.Collections.Concurrent;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>
/// What a server handed out for one table. Keys are asked for again before they end, by one caller at a time. Any thread.
/// </summary>
internal sealed class GrantedTable(IClock clock, Func<ServedConfig, ServedConfig> renew, Func<IStorageGrant, IRequestSigner> signer,
    ServedConfig first)
{
    /// <summary>After keys were asked for they are not asked for again for so long, whatever came of it.</summary>
    private const long PauseMs = 10_000;

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<string, TableGrant> grants = new(StringComparer.Ordinal);
    private volatile ServedConfig config = first;
    private volatile TableToken? token = first.Token is { } text ? new TableToken(text) : null;
    private long notBeforeMs = long.MinValue;

    public ServedConfig Config
    {
        get => config;
        set
        {
            if (ReferenceEquals(config, value)) return;
            if (value.Token != config.Token || token?.Value is null) token = value.Token is { } text ? new TableToken(text) : null;
            config = value;
        }
    }

    public TableToken? Token => token;

    /// <summary>Null where nothing was handed out for the location.</summary>
    public IStorageGrant? For(string location)
    {
        var now = config;
        return now.For(location) is null ? null : grants.GetOrAdd(now.PrefixOf(location), _ => new TableGrant(clock, this, location));
    }

    public IRequestSigner SignerOf(IStorageGrant grant) => signer(grant);

    /// <summary>Asks for other keys, unless another caller does and these have not ended.</summary>
    /// <param name="used">Those that are about to end.</param>
    /// <param name="endMs">When they do.</param>
    public void Renew(ServedConfig used, long endMs)
    {
        if (!gate.TryEnter())
        {
            if (clock.UnixMs < endMs) return;
            gate.Enter();
        }
        try
        {
            if (!ReferenceEquals(config, used) || clock.MonotonicMs < Volatile.Read(ref notBeforeMs)) return;
            Volatile.Write(ref notBeforeMs, clock.MonotonicMs + PauseMs);
            Config = renew(used);
        }
        catch (EngineException) when (clock.UnixMs < endMs)
        {
            // They are good for a while yet; the next caller after the pause asks again.
        }
        finally
        {
            gate.Exit();
        }
    }
}
