namespace K2I.Iceberg;

/// <summary>One request to a server. Its address is absolute, and of the server that is configured.</summary>
public sealed record RestRequest(HttpMethod Method, string Uri)
{
    /// <summary>JSON; null for none.</summary>
    public byte[]? Body { get; init; }

    public string? IfNoneMatch { get; init; }

    public string? IdempotencyKey { get; init; }

    /// <summary>What the server is to hand out for a table's files; null for nothing.</summary>
    public string? Delegation { get; init; }

    /// <summary>The token of the table that it is about, if the server gave it one.</summary>
    public TableToken? Token { get; init; }

    /// <summary>Without an answer it is not known whether it was carried out.</summary>
    public bool Changes { get; init; }
}
