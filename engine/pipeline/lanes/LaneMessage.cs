namespace K2I.Pipeline;

/// <summary>What other threads tell a lane; it acts on it in its next step.</summary>
internal abstract record LaneMessage
{
    /// <summary>A table has a run: partitions here may feed it.</summary>
    internal sealed record RunReady(TableRun Run) : LaneMessage;

    /// <summary>A run is over: what the lane holds of it is given up.</summary>
    internal sealed record RunOver(TableRun Run) : LaneMessage;

    /// <summary>Where partitions start.</summary>
    internal sealed record Starts(StartsQuestion Question) : LaneMessage;

    /// <summary>A question about the columns has its answer.</summary>
    internal sealed record Columns(ColumnsQuestion Question) : LaneMessage;

    /// <summary>Values of records have tables now, or are refused one.</summary>
    internal sealed record Routes(RoutesQuestion Question) : LaneMessage;

    /// <summary>What is taken so far is to be sealed, for a flush of the table.</summary>
    internal sealed record Seal(RunPart Part) : LaneMessage;

    /// <summary>The tables are others: what is subscribed to, and what partitions feed, has to be looked at again.</summary>
    internal sealed record TablesChanged : LaneMessage;
}
