namespace K2I.Cloud;

/// <summary>A bearer token. Its text never holds it.</summary>
internal sealed class AccessToken(string value)
{
    public string Value => value;
}
