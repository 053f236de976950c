namespace K2I.Iceberg;

/// <summary>An entry of <c>encryption-keys</c> (version 3), kept as the JSON object that describes it.</summary>
public sealed record EncryptedKey(string KeyId, string Json);
