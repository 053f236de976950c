using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// How records of one writer's schema become rows of one table's schema: compiled once, then run for each record without an allocation.
/// One thread.
/// </summary>
public abstract class RecordPlan
{
    /// <summary>What the table needs before records like the last one can be rows. While there is any, none is decoded.</summary>
    public ImmutableArray<SchemaChange> Changes { get; protected set; } = [];

    /// <summary>Why the last record was refused.</summary>
    public DecodeError Error { get; protected set; }

    /// <summary>Fields of the last record, each with a value, that no column took.</summary>
    public int IgnoredFields { get; protected set; }

    /// <summary>Appends one value to each column but the metadata column; as <see cref="IRecordDecoder.Decode"/>.</summary>
    public abstract DecodeStatus Decode(in FramedValue value, BatchBuilder row);
}
