namespace K2I.Iceberg;

/// <summary>A token for requests about one table. Once the server refuses it, those go by the catalog's login. Any thread.</summary>
public sealed class TableToken(string value)
{
    private volatile bool isRefused;

    /// <summary>Null once it was refused.</summary>
    public string? Value => isRefused ? null : value;

    public void Refuse() => isRefused = true;
}
