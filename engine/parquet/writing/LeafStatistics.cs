using K2I.Columns;

namespace K2I.Parquet;

/// <summary>What is known of one leaf column over the whole file.</summary>
/// <param name="FieldId">The leaf's field id.</param>
/// <param name="Path">Field names from the root, joined by dots.</param>
/// <param name="Repeated">The leaf lies under a list or map; then <paramref name="Min"/> and <paramref name="Max"/> are null.</param>
/// <param name="Type">The leaf's type.</param>
/// <param name="Values">Values, nulls included; for a leaf that is not repeated, the file's rows.</param>
/// <param name="Nulls">Values that are null or lie under a null.</param>
/// <param name="Nans">NaN values of float and double; null for other types.</param>
/// <param name="CompressedBytes">Bytes in the file, page headers and dictionary included.</param>
/// <param name="Min">
/// Least value, whole, in Iceberg's single-value serialization: numbers little-endian, decimals as the fewest big-endian bytes, strings and
/// binary raw. Null when there is none. NaN is left out, and a zero is -0.0.
/// </param>
/// <param name="Max">Greatest value likewise; a zero is +0.0.</param>
public sealed record LeafStatistics(
    int FieldId,
    string Path,
    bool Repeated,
    PrimitiveType Type,
    long Values,
    long Nulls,
    long? Nans,
    long CompressedBytes,
    byte[]? Min,
    byte[]? Max);
