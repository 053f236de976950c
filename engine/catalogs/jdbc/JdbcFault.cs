namespace K2I.Catalogs.Jdbc;

/// <summary>What an error of a database means. All but <see cref="Lost"/> say for certain that the statement did nothing.</summary>
internal enum JdbcFault
{
    /// <summary>No answer: it may have been carried out.</summary>
    Lost,

    /// <summary>Not now: others were in its way, or the server cannot.</summary>
    Busy,
    Duplicate,
    MissingTable,
    Denied,
    Invalid,
}
