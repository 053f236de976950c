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

    /// <summary>Objects that were begun and never ended, and were given up.</summary>
    public long UnfinishedAborted { get; init; }

    /// <summary>Files that the table did not name when last looked for, and objects never ended, that were left.</summary>
    public int Orphans { get; init; }

    public int Unfinished { get; init; }

    public long SnapshotsExpired { get; init; }

    public long Conflicts { get; init; }

    public long Failures { get; init; }

    /// <summary>How well it was in shape when last looked.</summary>
    public TableShape Shape { get; init; } = new();

    public string LastError { get; init; } = "";

    internal MaintenanceStatus With(JobOutcome outcome) => this with
    {
        Jobs = Jobs + (outcome.Conflict is null ? 1 : 0),
        Conflicts = Conflicts + (outcome.Conflict is null ? 0 : 1),
        RowsRewritten = RowsRewritten + outcome.RowsRewritten,
        BytesRewritten = BytesRewritten + outcome.BytesWritten,
        FilesRemoved = FilesRemoved + outcome.FilesRemoved,
        BytesRemoved = BytesRemoved + outcome.BytesRemoved,
        UnfinishedAborted = UnfinishedAborted + outcome.UnfinishedAborted,
        SnapshotsExpired = SnapshotsExpired + outcome.Snapshots,
    };
}
