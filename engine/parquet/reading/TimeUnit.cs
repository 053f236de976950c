namespace K2I.Parquet;

/// <summary>Units of stored times. The numbers are the union's field ids (parquet.thrift, TimeUnit).</summary>
internal enum TimeUnit
{
    None = 0,
    Millis = 1,
    Micros = 2,
    Nanos = 3,
}
