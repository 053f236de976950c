using System.Globalization;
using K2I.Base;

namespace K2I.Wal;

/// <summary>What was found when a log was opened.</summary>
public sealed record WalRecovery
{
    public required WalOutcome Outcome { get; init; }

    /// <summary>It had been closed in order.</summary>
    public bool Closed { get; init; }

    /// <summary>Log files that hold frames of the log.</summary>
    public int Files { get; init; }

    /// <summary>Frames with a position from <see cref="FirstPosition"/> to below <see cref="EndPosition"/>.</summary>
    public long Frames { get; init; }

    public long PayloadBytes { get; init; }

    /// <summary>Everything below was truncated, as far as the log knows.</summary>
    public LogPosition FirstPosition { get; init; }

    /// <summary>Where the unbroken run of frames ends. Exclusive.</summary>
    public LogPosition EndPosition { get; init; }

    /// <summary>Newest generation found; 0 without a log.</summary>
    public int Generation { get; init; }

    /// <summary>The file that the outcome is about; empty without one.</summary>
    public string File { get; init; } = "";

    /// <summary>Synced frames were lost: all after <see cref="EndPosition"/> was given up.</summary>
    public bool Damaged => Outcome >= WalOutcome.Hole;

    /// <summary>A sentence for people.</summary>
    public string Text => Outcome switch
    {
        WalOutcome.Empty => "no log yet",
        WalOutcome.Clean => Closed ? $"{Found}, closed in order" : Found,
        WalOutcome.TornTail => $"{Found}; what was being written after that when the machine stopped had not been synced, and is given up",
        _ => $"{Found}; the log is damaged there ({Cause} {File}), and the rest is given up",
    };

    private string Found => string.Create(CultureInfo.InvariantCulture,
        $"{Frames} frames ({Units.FormatBytes(PayloadBytes)}) in {Files} files, from position {FirstPosition} to {EndPosition}");

    private string Cause => Outcome switch
    {
        WalOutcome.Hole => "frames are missing from",
        WalOutcome.DamagedFrame => "a frame fails its checksum in",
        WalOutcome.WrongLength => "wrong length of",
        WalOutcome.DamagedHeader => "damaged header of",
        WalOutcome.ForeignFile => "not a log file:",
        _ => "missing file:",
    };
}
