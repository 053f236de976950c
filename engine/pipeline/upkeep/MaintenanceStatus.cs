using System.Collections.Immutable;
using K2I.Maintenance;

namespace K2I.Pipeline;

/// <summary>
/// What was done for a table since the process began, and what is next. Written by who looks after it, replaced whole; read by any thread.
/// </summary>
public sealed record MaintenanceStatus
{
    /// <summary>The job under way, with its reason; empty while there is none.</summary>
    public string Job { get; init; } = "";

    /// <summary>Jobs that were planned last and have not begun.</summary>
    public ImmutableArray<string> Next { get; init; } = [];

    /// <summary>Why nothing is done here; empty where it is.</summary>
    public string Idle { get; init; } = "";

    public long Jobs { get; init; }

    public long RowsRewritten { get; init; }

    public long BytesRewritten { get; init; }

    public long FilesRemoved { get; init; }

    public long BytesRemoved { get; init; }

    public long SnapshotsExpired { get; init; }

    public long Conflicts { get; init; }

    public long Failures { get; init; }

    /// <summary>Live data files below three quarters of the size that they should have, when last looked.</summary>
    public long SmallFiles { get; init; }

    public long DataFiles { get; init; }

    /// <summary>When the oldest snapshot was made, in Unix milliseconds; 0 for none.</summary>
    public long OldestSnapshotUnixMs { get; init; }

    public string LastError { get; init; } = "";

    internal MaintenanceStatus With(JobOutcome outcome) => this with
    {
        Jobs = Jobs + (outcome.Conflict is null ? 1 : 0),
        Conflicts = Conflicts + (outcome.Conflict is null ? 0 : 1),
        RowsRewritten = RowsRewritten + outcome.RowsRewritten,
        BytesRewritten = BytesRewritten + outcome.BytesWritten,
        FilesRemoved = FilesRemoved + outcome.FilesRemoved,
        BytesRemoved = BytesRemoved + outcome.BytesRemoved,
        SnapshotsExpired = SnapshotsExpired + outcome.Snapshots,
    };
}
