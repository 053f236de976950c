namespace K2I.Iceberg;

/// <summary>How a partition value or sort key comes from its source column (table spec, "Partition Transforms").</summary>
public enum TransformKind
{
    Identity,

    /// <summary>Hash modulo <see cref="Transform.Parameter"/>.</summary>
    Bucket,

    /// <summary>Prefix, or multiple below, of width <see cref="Transform.Parameter"/>.</summary>
    Truncate,
    Year,
    Month,
    Day,
    Hour,

    /// <summary>Always null: a field that was dropped from a version 1 spec.</summary>
    Void,

    /// <summary>A name this build does not know: read, never written.</summary>
    Unknown,
}
