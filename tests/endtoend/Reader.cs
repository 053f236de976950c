namespace K2I.EndToEnd.Tests;

/// <summary>Engines that read whole tables. DuckDB's is <c>iceberg_scan</c>.</summary>
public enum Reader
{
    IcebergJava,
    PyIceberg,
    DuckDb,
    Icebird,
    ClickHouse,
}
