using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A plan that decodes nothing: the table has to change first, or no table could hold such records.</summary>
public sealed class UnusablePlan : RecordPlan
{
    private UnusablePlan()
    {
    }

    public static UnusablePlan Until(ImmutableArray<SchemaChange> changes) => new() { Changes = changes };

    public static UnusablePlan Because(string flaw) => new() { Flaw = flaw };

    /// <summary>Fields do not go into the columns of their names.</summary>
    public static UnusablePlan Misfit(string flaw) => new() { Flaw = flaw, IsIncompatible = true };

    public override DecodeStatus Decode(in FramedValue value, BatchBuilder row)
    {
        var status = Flaw is null ? DecodeStatus.NewField : IsIncompatible ? DecodeStatus.Incompatible : DecodeStatus.UnusableSchema;
        Error = new(status, 0, null, hint: Flaw);
        return status;
    }
}
