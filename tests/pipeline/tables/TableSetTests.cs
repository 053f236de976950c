using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class TableSetTests : IDisposable
{
    private readonly LaneWorld world = new(LaneWorld.OptionsFor());

    private ImmutableArray<TableOptions> tables = [];

    private TableSet Tables => world.Context.Tables;

    public void Dispose() => world.Dispose();

    [Fact]
    public void ATopicFeedsEveryTableThatNamesItOrHasAPatternForIt()
    {
        Add("named", "shop.orders", "shop.items");
        Add("all", "^shop\\..*");
        Add("other", "bank");
        Assert.Equal(["named", "all"], FedBy("shop.orders"));
        Assert.Equal(["all"], FedBy("shop.returns"));
        Assert.Equal(["other"], FedBy("bank"));
        Assert.Empty(FedBy("workshop.orders"));
    }

    [Fact]
    public void ATableThatComesLaterIsFedToo()
    {
        Add("one", "t");
        Assert.Equal(["one"], FedBy("t"));
        Add("two", "^t$");
        Assert.Equal(["one", "two"], FedBy("t"));
        Assert.Equal(["t", "^t$"], [.. Tables.Topics]);
    }

    [Fact]
    public void ANameIsTakenOnce()
    {
        Add("one", "t");
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Add("one", "u")).Kind);
        Assert.Equal(["t"], [.. Tables.Topics]);
    }

    private void Add(string name, params string[] topics)
    {
        var more = tables.Add(new() { Name = name, Topics = [.. topics] });
        _ = Tables.Apply(more, []);
        tables = more;
    }

    private string[] FedBy(string topic) => [.. Tables.FedBy(topic).Select(t => t.Name)];
}
