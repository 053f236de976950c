using K2I.Iceberg;
using K2I.Maintenance;

namespace K2I.Cli.Commands;

/// <summary>What a command line asks of <see cref="MaintenanceRun"/>.</summary>
internal sealed record MaintenanceRequest
{
    /// <summary>As it was written: the namespace may be left out.</summary>
    public required string Table { get; init; }

    /// <summary>Done one after another.</summary>
    public required JobKind[] Kinds { get; init; }

    public bool DryRun { get; init; }

    public bool Json { get; init; }

    /// <summary>Instead of the age that the policy says; null: the policy's.</summary>
    public long? OlderThanMs { get; init; }

    public int? KeepSnapshots { get; init; }

    /// <summary>How rows are to lie in files that are written anew; null: as the policy says.</summary>
    public RowOrder? Order { get; init; }

    /// <summary>Of files that are merged: only those that may hold rows that meet it. Null: all.</summary>
    public ScanFilter? Where { get; init; }

    /// <summary>Orphans are removed.</summary>
    public bool Remove { get; init; }

    public bool Force { get; init; }

    /// <summary>Where orphans are looked for; null: where the table lies.</summary>
    public string? Location { get; init; }
}
