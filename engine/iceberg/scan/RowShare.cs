namespace K2I.Iceberg;

/// <summary>How many rows of a file meet a condition, as far as its partition and bounds tell.</summary>
public enum RowShare
{
    None,

    /// <summary>Some, or none, or all: it would have to be read.</summary>
    Unknown,

    All,
}
