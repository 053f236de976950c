using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Registry;

/// <summary>How to reach a schema registry, and who one is there. Holds secrets: not to be printed.</summary>
public sealed record RegistryOptions
{
    public RegistryApi Api { get; init; }

    /// <summary>Of requests to Glue, in place of any other login.</summary>
    public IRequestSigner? Signer { get; init; }

    /// <summary>
    /// Where the registry is, <c>https://host/path</c>; the next is tried where one gives no answer. Together they are one registry: ids
    /// mean the same at each.
    /// </summary>
    public required ImmutableArray<string> Urls { get; init; }

    /// <summary>The context that ids are counted in, without the dot; null for the registry's own.</summary>
    public string? Context { get; init; }

    /// <summary>Of basic authentication, with <see cref="Password"/>.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>A bearer token.</summary>
    public string? Token { get; init; }

    /// <summary><c>id:secret</c> of an OAuth2 client that has tokens from <see cref="TokenUrl"/>.</summary>
    public string? Credential { get; init; }

    public string? TokenUrl { get; init; }

    public string? Scope { get; init; }

    /// <summary>PEM file of the authorities that are trusted, and no others; null for the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>PEM files of the certificate that this client shows, and of its key.</summary>
    public string? CertificateFile { get; init; }

    public string? KeyFile { get; init; }

    /// <summary>Sent with every request to the registry, not with logins.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>For one request, its answer included.</summary>
    public int TimeoutMs { get; init; } = 5_000;

    public int MaxAnswerBytes { get; init; } = 16 << 20;

    // The generated text would print secrets.
    public override string ToString() => string.Join(", ", Urls);
}
