using System.Collections.Immutable;
using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class TopicRoutesTests
{
    private static readonly TableTemplate Cdc = new()
    {
        Section = "cdc",
        Table = "${db}.${entity}",
        Topics = [@"^shop\.(?<db>[\w-]+)\.(?<entity>.+)$"],
        Options = new() { Name = "cdc", Topics = [], MaxDepth = 9 },
    };

    [Theory]
    [InlineData("shop.a.orders", "a.orders")]
    [InlineData("shop.A-b.Order$Lines", "a_b.order_lines")]
    [InlineData("shop.a.b.c", "a.b.c")]
    [InlineData("other.a.b", null)]
    [InlineData("__shop.a.b", null)]
    public void ATopicMakesTheTableOfItsSafeName(string topic, string? table)
    {
        var route = Routes([Cdc]).Of(topic);
        Assert.Equal(table is null ? [] : [table], route.Tables.Select(t => t.Name));
        Assert.All(route.Tables, t => Assert.Equal((9, "cdc", topic), (t.MaxDepth, t.Template, Assert.Single(t.Topics))));
        Assert.Empty(route.Refused);
    }

    [Fact]
    public void TheSameNameIsOneTableAndAnotherWithTheSameSafeNameIsRefused()
    {
        var routes = Routes([Cdc with { Topics = [@"^(?<db>[a-z]+)\.(?<entity>[\w-]+)\.\d+$"] }]);
        Assert.Same(routes.Of("a.x-y.1").Tables[0], routes.Of("a.x-y.2").Tables[0]);
        var refused = Assert.Single(routes.Of("a.x_y.1").Refused);
        Assert.Equal(("a.x_y.1", "cdc"), (refused.Topic, refused.Section));
        Assert.Equal("its table would be a.x_y, and 'a.x-y' of topic a.x-y.1 has made it", refused.Reason);
        Assert.Equal("a.z", routes.Of("a.z.1").Tables[0].Name);
        // Asked again, it says the same.
        Assert.Empty(routes.Of("a.x_y.1").Tables);
        Assert.Single(routes.Tables, t => t.Key == "a.x_y");
    }

    [Fact]
    public void ANameThatASectionHasIsRefused()
    {
        var routes = new TopicRoutes([Table("orders", "exact")], [Cdc], "a");
        Assert.Equal("its table would be a.orders, and [table.orders] has that name",
            Assert.Single(routes.Of("shop.a.orders").Refused).Reason);
        Assert.Equal("orders", routes.Of("exact").Tables[0].Name);
    }

    [Fact]
    public void MoreThanMaxTablesAreRefused()
    {
        var routes = Routes([Cdc with { MaxTables = 2 }]);
        Assert.Empty(routes.Of("shop.a.x").Refused);
        Assert.Empty(routes.Of("shop.a.y").Refused);
        Assert.Equal("there are 2 tables of the section already, as many as max_tables allows",
            Assert.Single(routes.Of("shop.a.z").Refused).Reason);
        Assert.Equal("a.x", routes.Of("shop.a.x").Tables[0].Name);
    }

    [Fact]
    public void DeadLettersOfOneTableAreNoRowsOfAnother()
    {
        var routes = Routes([Cdc]);
        Assert.Empty(routes.Of("shop.a.x").Refused);
        Assert.Contains("dead letters of a.x", Assert.Single(routes.Of("shop.a.x_dead_letters").Refused).Reason, StringComparison.Ordinal);
        routes = Routes([Cdc with { Topics = ["^(?<db>s)hop.(?<entity>.*)", "^(?<db>s)(?<entity>.*)"],
            Options = Cdc.Options with { DeadLetterPolicy = DeadLetterPolicy.Topic } }]);
        Assert.Contains("would come back", Assert.Single(routes.Of("shop.x").Refused).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void OneTopicFeedsSeveralTables()
    {
        var routes = new TopicRoutes([Table("one", "shop.a.x"), Table("two", @"^shop\.a")], [Cdc], "default");
        Assert.Equal(["one", "two", "a.x"], routes.Of("shop.a.x").Tables.Select(t => t.Name));
    }

    [Fact]
    public void AnOverrideSaysWhatItsTableIsLike()
    {
        var own = ImmutableDictionary<string, TableOptions>.Empty.Add("a.x", Cdc.Options with { MaxDepth = 3 });
        var routes = Routes([Cdc with { Overrides = own }]);
        Assert.Equal((3, "a.x"), (routes.Of("shop.a.x").Tables[0].MaxDepth, routes.Of("shop.a.x").Tables[0].Name));
        Assert.Equal(9, routes.Of("shop.a.y").Tables[0].MaxDepth);
    }

    [Fact]
    public void KafkasOwnTopicsMatchOnlyWhatAsksForThem()
    {
        Assert.False(new TopicPattern("^.*").Matches("__consumer_offsets"));
        Assert.True(new TopicPattern("^__consumer").Matches("__consumer_offsets"));
        Assert.True(new TopicPattern("__consumer_offsets").Matches("__consumer_offsets"));
    }

    [Fact]
    public void TwoTablesOfOneNameCannotBe() =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => new TopicRoutes([Table("a", "x"), Table("default.a", "y")],
            [], "default")).Kind);

    private static TopicRoutes Routes(ImmutableArray<TableTemplate> templates) => new([], templates, "default");

    private static TableOptions Table(string name, string topic) => new() { Name = name, Topics = [topic] };
}
