using K2I.Columns;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>
/// Columns are wanted: the first ones, or some more. Asked by a lane of whoever works for the table, who asks the catalog.
/// </summary>
internal sealed class ColumnsQuestion : Question
{
    /// <summary>The first columns, from these records.</summary>
    internal ColumnsQuestion(RunPart part, IReadOnlyList<HeldRecord> records, bool areAll) : base(part) =>
        (Records, AreAll) = (records, areAll);

    /// <summary>Changes of the columns: those for one record, and those for the records behind it too.</summary>
    internal ColumnsQuestion(RunPart part, HeldRecord? record, IReadOnlyList<SchemaChange> own, IReadOnlyList<SchemaChange> changes)
        : base(part) => (Record, Own, Changes) = (record, own, changes);

    /// <summary>To infer from; null where the table has columns.</summary>
    internal IReadOnlyList<HeldRecord>? Records { get; }

    /// <summary>No more records are looked at.</summary>
    internal bool AreAll { get; }

    /// <summary>The one that brought the question up; null for one that comes out of the log.</summary>
    internal HeldRecord? Record { get; }

    /// <summary>The schema that the record was written with, where it names one.</summary>
    internal WriterSchema? Writer { get; init; }

    /// <summary>The columns that the changes are of; null for the first ones.</summary>
    internal Schema? Known { get; init; }

    internal IReadOnlyList<SchemaChange> Own { get; } = [];

    internal IReadOnlyList<SchemaChange> Changes { get; } = [];

    /// <summary>Why the record cannot become a row; null where it is to be offered again.</summary>
    internal Refusal? Refusal { get; set; }

    /// <summary>Not these changes are refused, but any, for a while.</summary>
    internal bool RefusesAll { get; set; }

    /// <summary>What is still waited for before columns can be inferred; null once there are some.</summary>
    internal string? Wanted { get; set; }

    internal override LaneMessage Answer() => new LaneMessage.Columns(this);
}
