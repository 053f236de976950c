namespace K2I.Architecture.Tests;

public sealed class RatchetTests
{
    private static readonly Dictionary<string, int> Listed = Ratchet.Read(["# a note", "3 a.cs", "1 b.cs Member"]);

    [Fact]
    public void WhatIsAsListedPasses()
    {
        Assert.Empty(Ratchet.Worse(Listed, Listed));
        Assert.Empty(Ratchet.Better(Listed, Listed));
    }

    [Fact]
    public void NumbersMayNotGrowAndNothingMayCome() =>
        Assert.Equal(
            ["a.cs has 4, 3 are listed", "c.cs has 1, 0 are listed"],
            Ratchet.Worse(Listed, new Dictionary<string, int> { ["a.cs"] = 4, ["b.cs Member"] = 1, ["c.cs"] = 1 }));

    [Fact]
    public void WhatGotBetterHasToBeLowered() =>
        Assert.Equal(
            ["a.cs has 2, 3 are listed", "b.cs Member has 0, 1 are listed"],
            Ratchet.Better(Listed, new Dictionary<string, int> { ["a.cs"] = 2 }));

    [Fact]
    public void ListsAreLoweredAndNeverRaised() =>
        Assert.Equal(
            [new("a.cs", 2)],
            Ratchet.Lowered(Listed, new Dictionary<string, int> { ["a.cs"] = 2, ["c.cs"] = 5 }));
}
