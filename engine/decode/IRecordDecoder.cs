using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Turns records into rows. A decoder appends one value to each of its columns; it never throws on what a record holds and, for a good
/// record, allocates nothing. Metadata columns (<see cref="KafkaColumn"/>) are written beside it. One thread.
/// </summary>
public interface IRecordDecoder
{
    /// <summary>The schema of the batches it writes into, metadata columns included.</summary>
    Schema Schema { get; }

    /// <summary>Why the last record was refused.</summary>
    DecodeError Error { get; }

    /// <summary>
    /// Fields of the last record, each with a value, that no column took: those within structs too, those within a field that was ignored not.
    /// </summary>
    int IgnoredFields { get; }

    /// <summary>The schema that the last record names, if it did not become a row.</summary>
    SchemaId RefusedSchema => SchemaId.None;

    /// <summary>That is the schema of the record's key, not of its value.</summary>
    bool IsOfKey => false;

    /// <summary>
    /// Appends the record's values to the current row of <paramref name="row"/>, whose schema must be <see cref="Schema"/>. The caller ends the row when
    /// the status is Ok, and abandons it otherwise.
    /// </summary>
    DecodeStatus Decode(in RecordInput record, BatchBuilder row);

    /// <summary>
    /// After <see cref="DecodeStatus.NewField"/>: what the schema needs so that the refused record decodes, and as far as it can be told
    /// from their values what came behind it. Values that are no sound records are passed over. A control path: it allocates.
    /// </summary>
    IReadOnlyList<SchemaChange> Changes(IEnumerable<ReadOnlyMemory<byte>> values);
}
