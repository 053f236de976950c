namespace K2I.Pipeline.Tests;

public sealed class EncodeSlotsTests : IDisposable
{
    private readonly LaneWorld world =
        new(LaneWorld.OptionsFor([.. new[] { "a", "b", "c", "d" }.Select(n => new TableOptions { Name = n, Topics = [n] })]));
    private readonly EncodeSlots slots = new(2);
    private readonly TableHandle a, b, c, d;

    public EncodeSlotsTests() => (a, b, c, d) = (world.Table("a"), world.Table("b"), world.Table("c"), world.Table("d"));

    public void Dispose() => world.Dispose();

    [Fact]
    public void NoMoreThanSoManyEnter()
    {
        Assert.True(slots.TryEnter(a));
        Assert.True(slots.TryEnter(b));
        Assert.False(slots.TryEnter(c));
        slots.Leave();
        Assert.True(slots.TryEnter(c));
        Assert.False(slots.TryEnter(d));
    }

    [Fact]
    public void WhoWaitsIsWokenInTurnAndNobodyOvertakes()
    {
        Assert.True(slots.TryEnter(a));
        Assert.True(slots.TryEnter(b));
        Assert.False(slots.TryEnter(c));
        Assert.False(slots.TryEnter(c));
        Assert.False(slots.TryEnter(d));
        slots.Leave();
        Assert.Same(c, world.Context.Work.Take());
        // It is c's, though d asks first.
        Assert.False(slots.TryEnter(d));
        Assert.True(slots.TryEnter(c));
        slots.Leave();
        Assert.Same(d, world.Context.Work.Take());
        Assert.True(slots.TryEnter(d));
    }

    [Fact]
    public void WhoGivesUpLeavesItsTurnToTheNext()
    {
        Assert.True(slots.TryEnter(a));
        Assert.True(slots.TryEnter(b));
        Assert.False(slots.TryEnter(c));
        Assert.False(slots.TryEnter(d));
        slots.Leave();
        slots.GiveUp(c);
        Assert.True(slots.TryEnter(d));
        Assert.False(slots.TryEnter(c));
        slots.GiveUp(c);
        slots.Leave();
        slots.Leave();
        Assert.True(slots.TryEnter(a));
        Assert.True(slots.TryEnter(b));
        Assert.False(slots.TryEnter(c));
    }
}
