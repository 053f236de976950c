namespace K2I.Parquet;

/// <summary>Kinds of page. The numbers are the format's (parquet.thrift, PageType).</summary>
internal enum PageType
{
    Data = 0,
    Index = 1,
    Dictionary = 2,
    DataV2 = 3,
}
