using System.Globalization;

namespace K2I.Iceberg;

/// <summary>Names one snapshot of a table. Drawn at random, so without order, and no sequence number. Where there is no snapshot, there is no id: null.</summary>
public readonly record struct SnapshotId(long Value)
{
    /// <summary>The decimal number.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
