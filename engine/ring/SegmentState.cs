namespace K2I.Ring;

/// <summary>Where a segment is in its life. Each transition belongs to one thread (see <see cref="Segment"/>).</summary>
public enum SegmentState
{
    /// <summary>Empty, waiting for the writer.</summary>
    Free,

    /// <summary>The writer appends; readers see the published rows.</summary>
    Open,

    /// <summary>No more rows; to be flushed.</summary>
    Sealed,

    /// <summary>Its rows are in the table; they stay readable until it is retired.</summary>
    Flushed,

    /// <summary>Given up; free again when the last lease ends.</summary>
    Retired,
}
