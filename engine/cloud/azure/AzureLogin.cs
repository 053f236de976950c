namespace K2I.Cloud;

/// <summary>Who asks Azure: by exactly one of these. Its text never holds it.</summary>
internal sealed class AzureLogin
{
    /// <summary>The account's key.</summary>
    public byte[]? Key { get; init; }

    /// <summary>A signature that goes with the query.</summary>
    public string? Sas { get; init; }

    public AccessToken? Token { get; init; }
}
