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

    /// <summary>Columns for these fields: those of one record, and those of the records behind it too.</summary>
    internal ColumnsQuestion(RunPart part, HeldRecord? record, IReadOnlyList<NewField> own, IReadOnlyList<NewField> fields)
        : base(part) => (Record, Own, Fields) = (record, own, fields);

    /// <summary>To infer from; null where the table has columns.</summary>
    internal IReadOnlyList<HeldRecord>? Records { get; }

    /// <summary>No more records are looked at.</summary>
    internal bool AreAll { get; }

    /// <summary>The one that brought the question up; null for one that comes out of the log.</summary>
    internal HeldRecord? Record { get; }

    internal IReadOnlyList<NewField> Own { get; } = [];

    internal IReadOnlyList<NewField> Fields { get; } = [];

    /// <summary>Why the record cannot become a row; null where it is to be offered again.</summary>
    internal Refusal? Refusal { get; set; }

    /// <summary>Not these fields are refused, but any, for a while.</summary>
    internal bool RefusesAll { get; set; }

    /// <summary>What is still waited for before columns can be inferred; null once there are some.</summary>
    internal string? Wanted { get; set; }

    internal override LaneMessage Answer() => new LaneMessage.Columns(this);
}
