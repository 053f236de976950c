using System.Collections.Immutable;

namespace K2I.Catalogs.Nessie;

/// <summary>How to reach a Nessie server, and what of it to look at.</summary>
/// <remarks>Its text never holds a secret: it is not a record.</remarks>
public sealed class NessieOptions
{
    /// <summary>Its API, version 2: <c>http://host:19120/api/v2</c>.</summary>
    public required string Uri { get; init; }

    /// <summary>A branch; a tag, or <c>NAME@HASH</c>, to look only.</summary>
    public string Reference { get; init; } = "main";

    /// <summary>The folder of new tables.</summary>
    public required string Warehouse { get; init; }

    /// <summary>Bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>Sent with each request.</summary>
    public ImmutableSortedDictionary<string, string> Headers { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public int ConnectTimeoutMs { get; init; } = 5_000;

    /// <summary>How long an answer may take.</summary>
    public int TimeoutMs { get; init; } = 60_000;
}
