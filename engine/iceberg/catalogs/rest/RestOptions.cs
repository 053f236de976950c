using System.Collections.Immutable;

using K2I.Base;

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

    /// <summary>What is asked for with the credential; null: nothing is said of it.</summary>
    public string? Scope { get; init; } = "catalog";

    /// <summary>Whom the token is for, where the login wants to know (OAuth2).</summary>
    public string? Audience { get; init; }

    /// <summary>What the token is for, where the login wants to know (OAuth2, RFC 8707).</summary>
    public string? Resource { get; init; }

    /// <summary>A token is renewed by giving it for another (RFC 8693) rather than by the credential.</summary>
    public bool TokenExchange { get; init; }

    /// <summary>Signs every request to the catalog in someone's name (AWS), in place of a token.</summary>
    public IRequestSigner? Signer { get; init; }

    /// <summary>
    /// Where tokens are given for the credential; null: <c>URI/v1/oauth/tokens</c>. A server's own wish is not followed: it would be told
    /// the secret.
    /// </summary>
    public string? OAuth2ServerUri { get; init; }

    /// <summary>Sent with every request to the catalog, not with logins.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = SummaryKeys.Empty;

    /// <summary>How the files of tables are reached.</summary>
    public StorageAccess Access { get; init; }

    /// <summary>The locations below which tables may lie. What a server says is not trusted: a table elsewhere is refused.</summary>
    public ImmutableArray<string> StorageRoots { get; init; } = [];

    /// <summary>PEM file of the authorities that are trusted, in place of the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM files of the certificate, with its chain, and the key that are shown to a server that asks for them.</summary>
    public (string Certificate, string Key)? ClientCertificate { get; init; }

    /// <summary>Through which requests go; null for what the environment says (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).</summary>
    public Uri? Proxy { get; init; }

    public int ConnectTimeoutMs { get; init; } = 10_000;

    /// <summary>For one request, its answer included.</summary>
    public int TimeoutMs { get; init; } = 60_000;

    public int MaxAnswerBytes { get; init; } = 256 << 20;

    // The generated text would print secrets.
    public override string ToString() => Uri;
}
