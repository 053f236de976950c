namespace K2I.EndToEnd.Tests;

/// <summary>Engines that read tables. DuckDB's is <c>iceberg_scan</c>.</summary>
public enum Reader
{
    IcebergJava,
    PyIceberg,
    DuckDb,
    Icebird,
    ClickHouse,

    /// <summary>DuckDB over the data files alone, without the table's metadata.</summary>
    DuckDbFiles,
}
