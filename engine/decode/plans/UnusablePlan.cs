using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A plan that decodes nothing: the table has to change first, or no table could hold such records.</summary>
public sealed class UnusablePlan : RecordPlan
{
    private readonly DecodeStatus status;

    private UnusablePlan(DecodeStatus status, string? flaw)
    {
        this.status = status;
        Error = new(status, 0, null, hint: flaw);
    }

    public static UnusablePlan Until(ImmutableArray<SchemaChange> changes) => new(DecodeStatus.NewField, null) { Changes = changes };

    public static UnusablePlan Because(string flaw) => new(DecodeStatus.UnusableSchema, flaw);

    /// <summary>Fields do not go into the columns of their names.</summary>
    public static UnusablePlan Misfit(string flaw, bool pauses) =>
        new(pauses ? DecodeStatus.IncompatiblePause : DecodeStatus.Incompatible, flaw);

    public override DecodeStatus Decode(in FramedValue value, BatchBuilder row) => status;
}
