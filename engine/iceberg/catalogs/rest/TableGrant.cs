using System.Collections.Immutable;
using System.Globalization;

using K2I.Base;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Keys for those files of a table that are reached alike. Any thread.</summary>
/// <param name="clock">Tells when they end.</param>
/// <param name="table">Whose files they are.</param>
/// <param name="sample">Where one of the files lies.</param>
internal sealed class TableGrant(IClock clock, GrantedTable table, string sample) : IStorageGrant
{
    /// <summary>
    /// Keys are renewed so long before their end, or after three fifths of their life if that is later: earlier than stores ask for it.
    /// </summary>
    private const long MarginMs = 330_000;

    /// <summary>Of keys that say nothing of their end: none that end live shorter.</summary>
    private const long UsualLifeMs = 900_000;

    private readonly Lock gate = new();
    private volatile Held? held;
    private IRequestSigner? signer;

    public IRequestSigner? Signer
    {
        get
        {
            if (ServedConfig.HasKeys(Hold().Properties)) return null;
            lock (gate) return signer ??= table.SignerOf(this);
        }
    }

    public ImmutableSortedDictionary<string, string> Current()
    {
        var now = Hold();
        if (clock.UnixMs < now.RenewAtMs) return now.Properties;
        table.Renew(now.From, now.EndMs);
        return Hold().Properties;
    }

    private Held Hold()
    {
        var config = table.Config;
        if (held is { } known && ReferenceEquals(known.From, config)) return known;
        var properties = config.For(sample) ?? throw new EngineException(ErrorKind.Denied,
            $"{sample}: the catalog hands out no keys for it any more");
        var end = ServedConfig.EndMs(properties);
        var life = (end ?? (config.ReceivedMs + UsualLifeMs)) - config.ReceivedMs;
        if (end is { } at) properties = WithEnds(properties, at.ToString(CultureInfo.InvariantCulture));
        return held = new Held(config, properties, config.ReceivedMs + life - Math.Min(MarginMs, life * 2 / 5), end ?? long.MaxValue);
    }

    /// <summary>Some servers say by a name of their own when keys end; stores know one for each kind.</summary>
    private static ImmutableSortedDictionary<string, string> WithEnds(ImmutableSortedDictionary<string, string> properties, string at)
    {
        var named = properties.ToBuilder();
        foreach (var key in properties.Keys)
        {
            var ends = key switch
            {
                "s3.access-key-id" => "s3.session-token-expires-at-ms",
                "gcs.oauth2.token" => "gcs.oauth2.token-expires-at",
                _ => key.StartsWith(ServedConfig.SasToken, StringComparison.Ordinal)
                    ? ServedConfig.SasTokenEnds + key[ServedConfig.SasToken.Length..] : null,
            };
            if (ends is not null && !properties.ContainsKey(ends)) named[ends] = at;
        }
        return named.ToImmutable();
    }

    /// <param name="From">What the properties were taken from.</param>
    /// <param name="Properties">For the store.</param>
    /// <param name="RenewAtMs">Unix time.</param>
    /// <param name="EndMs">Unix time.</param>
    private sealed record Held(ServedConfig From, ImmutableSortedDictionary<string, string> Properties, long RenewAtMs, long EndMs);
}
