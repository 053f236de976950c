namespace K2I.Wal.Tests;

/// <summary>Every case of the decision, written out.</summary>
public sealed class RecoveryTableTests
{
    [Theory]
    [InlineData(BreakKind.FileEnd, LaterKind.Nothing, WalOutcome.Clean)]
    [InlineData(BreakKind.FileEnd, LaterKind.Unsynced, WalOutcome.TornTail)]
    [InlineData(BreakKind.FileEnd, LaterKind.Synced, WalOutcome.Hole)]
    [InlineData(BreakKind.Blank, LaterKind.Nothing, WalOutcome.Clean)]
    [InlineData(BreakKind.Blank, LaterKind.Unsynced, WalOutcome.TornTail)]
    [InlineData(BreakKind.Blank, LaterKind.Synced, WalOutcome.Hole)]
    [InlineData(BreakKind.Stale, LaterKind.Nothing, WalOutcome.Clean)]
    [InlineData(BreakKind.Stale, LaterKind.Unsynced, WalOutcome.TornTail)]
    [InlineData(BreakKind.Stale, LaterKind.Synced, WalOutcome.Hole)]
    [InlineData(BreakKind.Torn, LaterKind.Nothing, WalOutcome.TornTail)]
    [InlineData(BreakKind.Torn, LaterKind.Unsynced, WalOutcome.TornTail)]
    [InlineData(BreakKind.Torn, LaterKind.Synced, WalOutcome.DamagedFrame)]
    [InlineData(BreakKind.WrongLength, LaterKind.Nothing, WalOutcome.WrongLength)]
    [InlineData(BreakKind.WrongLength, LaterKind.Unsynced, WalOutcome.WrongLength)]
    [InlineData(BreakKind.WrongLength, LaterKind.Synced, WalOutcome.WrongLength)]
    [InlineData(BreakKind.DamagedHeader, LaterKind.Nothing, WalOutcome.DamagedHeader)]
    [InlineData(BreakKind.DamagedHeader, LaterKind.Unsynced, WalOutcome.DamagedHeader)]
    [InlineData(BreakKind.DamagedHeader, LaterKind.Synced, WalOutcome.DamagedHeader)]
    [InlineData(BreakKind.ForeignFile, LaterKind.Nothing, WalOutcome.ForeignFile)]
    [InlineData(BreakKind.ForeignFile, LaterKind.Unsynced, WalOutcome.ForeignFile)]
    [InlineData(BreakKind.ForeignFile, LaterKind.Synced, WalOutcome.ForeignFile)]
    [InlineData(BreakKind.MissingFile, LaterKind.Nothing, WalOutcome.MissingFile)]
    [InlineData(BreakKind.MissingFile, LaterKind.Unsynced, WalOutcome.MissingFile)]
    [InlineData(BreakKind.MissingFile, LaterKind.Synced, WalOutcome.MissingFile)]
    public void EachPairOfFactsHasOneOutcome(object at, object later, WalOutcome expected) =>
        Assert.Equal(expected, RecoveryTable.Decide((BreakKind)at, (LaterKind)later));

    [Fact]
    public void NoCaseIsLeftOut()
    {
        foreach (var at in Enum.GetValues<BreakKind>())
            foreach (var later in Enum.GetValues<LaterKind>())
                Assert.True(Enum.IsDefined(RecoveryTable.Decide(at, later)));
        Assert.Equal(24, Enum.GetValues<BreakKind>().Length * Enum.GetValues<LaterKind>().Length);
    }
}
