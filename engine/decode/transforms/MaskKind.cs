namespace K2I.Decode;

/// <summary>What is kept of a masked value.</summary>
public enum MaskKind
{
    /// <summary>
    /// HMAC-SHA-256 of it under the table's key, in 64 hex digits: equal values stay equal, and nobody without the key can try values out.
    /// </summary>
    Hash,

    /// <summary>Nothing: the column is null.</summary>
    Null,
}
