namespace K2I.Iceberg;

/// <summary>Who says how a table's files are reached: the server is asked for what this names, and whatever it hands out is used.</summary>
public enum StorageAccess
{
    /// <summary>The configuration; what a server hands out is passed over.</summary>
    Own,

    /// <summary>The server, by keys for one table that end; the configuration where it gives none.</summary>
    Vended,

    /// <summary>The server, which signs each request; the configuration where it does not.</summary>
    Signed,
}
