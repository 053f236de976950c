using System.Collections.Immutable;
using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Files whose rows are to be written anew, into fewer and larger files or without what is deleted.</summary>
/// <param name="Reason">Why.</param>
public sealed record CompactionPlan(string Reason) : JobPlan(Reason)
{
    public override JobKind Kind => JobKind.Compaction;

    /// <summary>As it was planned on.</summary>
    public required Table Table { get; init; }

    /// <summary>The snapshot whose files they are; it must not expire before the job is over.</summary>
    public required Snapshot Snapshot { get; init; }

    /// <summary>Whole files, each with its deletes, in order of data sequence number, then location.</summary>
    public required ImmutableArray<ScanTask> Inputs { get; init; }

    /// <summary>Of the files to come.</summary>
    public required int Generation { get; init; }

    /// <summary>A file is ended at this size.</summary>
    public required long FileBytes { get; init; }

    /// <summary>What row groups have to have on average to be copied as they are.</summary>
    public required long LeastRowGroupBytes { get; init; }

    /// <summary>How their rows are to lie.</summary>
    public RowOrder Order { get; init; } = RowOrder.Unsorted;

    /// <summary>By which they are partitioned: the table's, or the inputs' own, and all inputs are then of one partition.</summary>
    public required PartitionSpec Spec { get; init; }

    /// <summary>The rows may belong to several partitions, for their files are of another partition spec.</summary>
    public bool IsRouted => Inputs.Any(t => t.Data.File.SpecId != Spec.SpecId);

    /// <summary>Rows that do not meet it are not written again, for they are too old. Null: all are.</summary>
    public ScanFilter? Kept { get; init; }

    public override MaintenanceJob Start(JobContext context) => new CompactionJob(this, context);
}
