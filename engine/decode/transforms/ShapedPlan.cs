using K2I.Columns;

namespace K2I.Decode;

/// <summary>A plan whose rows take the table's shape.</summary>
internal sealed class ShapedPlan(RecordPlan plan, RecordShape shape) : RecordPlan
{
    /// <summary>
    /// The plan for records that say their types, with the transforms of <paramref name="options"/>: what the table lacks is said of it,
    /// and <paramref name="plan"/> is made for what stands for the table. Throws Invalid where the transforms cannot be followed.
    /// </summary>
    internal static RecordPlan Of(WrittenColumns written, string name, Schema table, PlanOptions options,
        Func<ColumnMatch, Schema, RecordPlan> plan)
    {
        if (options.Transforms.IsEmpty)
        {
            var direct = ColumnMatch.Of(written, table, options);
            return direct.Obstacle(name) ?? plan(direct, table);
        }
        var shape = new RecordShape(options.Transforms, written, table, options.MetadataColumn);
        var match = ColumnMatch.Of(written, shape.Schema, options with { FormerNames = shape.FormerNames(options.FormerNames) });
        if (match.Obstacle(name) is not { } obstacle) return new ShapedPlan(plan(match, shape.Schema), shape);
        return obstacle.Changes.IsEmpty ? obstacle : UnusablePlan.Until(shape.Apply(obstacle.Changes));
    }

    public override DecodeStatus Decode(in FramedValue value, BatchBuilder row)
    {
        var status = plan.Decode(in value, shape.Begin(row));
        IgnoredFields = plan.IgnoredFields;
        if (status != DecodeStatus.Ok) Error = plan.Error;
        // A row that does not fit is taken back whatever is in it.
        else if (!row.Overflow && (status = shape.End(row)) != DecodeStatus.Ok) Error = shape.Error;
        return status;
    }
}
