namespace K2I.Wal;

/// <summary>How a log ends, decided from two facts.</summary>
internal static class RecoveryTable
{
    internal static WalOutcome Decide(BreakKind at, LaterKind later) => (at, later) switch
    {
        // A file that was made whole, named and synced before it was used can only be harmed by damage.
        (BreakKind.MissingFile, _) => WalOutcome.MissingFile,
        (BreakKind.ForeignFile, _) => WalOutcome.ForeignFile,
        (BreakKind.DamagedHeader, _) => WalOutcome.DamagedHeader,
        (BreakKind.WrongLength, _) => WalOutcome.WrongLength,

        // Frames reach the disk in any order until they are synced.
        (BreakKind.Torn, LaterKind.Synced) => WalOutcome.DamagedFrame,
        (BreakKind.Torn, _) => WalOutcome.TornTail,
        (BreakKind.Blank or BreakKind.Stale or BreakKind.FileEnd, LaterKind.Synced) => WalOutcome.Hole,
        (BreakKind.Blank or BreakKind.Stale or BreakKind.FileEnd, LaterKind.Unsynced) => WalOutcome.TornTail,
        (BreakKind.Blank or BreakKind.Stale or BreakKind.FileEnd, LaterKind.Nothing) => WalOutcome.Clean,
        _ => throw new ArgumentOutOfRangeException(nameof(at), (at, later), null),
    };
}
