using K2I.Query;

namespace K2I.Serve;

/// <summary>What may be asked of a table: the parts of <see cref="QuestionText"/>.</summary>
internal static class TableParameters
{
    public static readonly Parameter Format = new("format", "The form of the answer, rather than by Accept.")
    {
        Values = [.. RowFormats.All.Select(f => f.Name)],
    };
    public static readonly Parameter Columns = new("columns",
        "Only these, struct fields by dotted path, with commas between.", "id,user.name");
    public static readonly Parameter Where = new("where",
        "Only rows that fit: comparisons, in, is null, like; and, or, not, parentheses.", "a = 5 and b is not null");
    public static readonly Parameter Order = new("order",
        "What the rows are put in order by, each with asc or desc or neither.", "at desc,id");
    public static readonly Parameter Limit = new("limit", "At most so many rows; without it all, and an error if too many.", "100");
    public static readonly Parameter AsOf = new("as_of",
        "A snapshot's id, a branch or tag, or a time: the table as it was then, without rows in memory.", "2026-01-01T00:00:00Z");
    public static readonly Parameter MinOffsets = new("min_offsets",
        "The answer has to reach these, topic:partition:next with commas between: read your writes.", "events:0:43");
    public static readonly Parameter Wait = new("wait", "How long min_offsets are waited for; without it not at all.", "2s");
    public static readonly Parameter Source = new("source",
        "both: every row once; hot: those in memory; cold: those of the snapshot.")
    {
        Values = QuestionText.Sources,
    };
    public static readonly Parameter From = new("from",
        "Where to begin, as id of an event has it; Last-Event-ID goes before it. Without either: from now on.", "events:0:43");
}
