namespace K2I.Parquet;

/// <summary>What a node of the file's schema is, once lists and maps are told from other groups.</summary>
internal enum FileFieldKind
{
    Leaf,
    Struct,
    List,
    Map,
}
