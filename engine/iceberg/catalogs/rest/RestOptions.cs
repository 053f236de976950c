using System.Collections.Immutable;

namespace K2I.Iceberg;

/// <summary>How to reach an Iceberg REST catalog, and who one is there. Holds secrets: not to be printed.</summary>
public sealed record RestOptions
{
    /// <summary>Where the catalog is, without <c>/v1</c>: <c>https://host/path</c>.</summary>
    public required string Uri { get; init; }

    /// <summary>The warehouse asked for, as the server knows it: a name or a location. Null: the server's own.</summary>
    public string? Warehouse { get; init; }

    /// <summary>A bearer token.</summary>
    public string? Token { get; init; }

    /// <summary><c>id:secret</c> of an OAuth2 client; a bare secret where the server knows no ids.</summary>
    public string? Credential { get; init; }

    public string Scope { get; init; } = "catalog";

    /// <summary>Where tokens are given for the credential; null: <c>URI/v1/oauth/tokens</c>. A server's own wish is not followed: it would be told the secret.</summary>
    public string? OAuth2ServerUri { get; init; }

    /// <summary>Sent with every request to the catalog, not with logins.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = SummaryKeys.Empty;

    /// <summary>The locations below which tables may lie. What a server says is not trusted: a table elsewhere is refused.</summary>
    public ImmutableArray<string> StorageRoots { get; init; } = [];

    public int ConnectTimeoutMs { get; init; } = 10_000;

    /// <summary>For one request, its answer included.</summary>
    public int TimeoutMs { get; init; } = 60_000;

    public int MaxAnswerBytes { get; init; } = 256 << 20;

    // The generated text would print secrets.
    public override string ToString() => Uri;
}
