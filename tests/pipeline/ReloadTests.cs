using K2I.Base;

namespace K2I.Pipeline.Tests;

public sealed class ReloadTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    public ReloadTests()
    {
        fixture.Broker.CreateTopic("a", 1);
        fixture.Broker.CreateTopic("b", 1);
    }

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void TablesComeAndGoAndTheOthersDoNotNotice()
    {
        fixture.Produce("a", 0, """{"id":1}""");
        fixture.Produce("b", 0, """{"id":2}""");
        using var engine = fixture.Start(fixture.Options(Table("one", "a")));
        engine.WaitFor("one", t => t.RowsCommitted == 1);
        var epoch = fixture.Load("default.one").Metadata.Properties["k2i.epoch"];

        var changes = engine.Apply([Table("one", "a"), Table("two", "b")], []);
        Assert.Equal(("two", 0, 0), (Assert.Single(changes.Added), changes.Changed.Length, changes.Removed.Length));
        engine.WaitFor("two", t => t.RowsCommitted == 1);
        fixture.Produce("a", 0, """{"id":3}""");
        engine.WaitFor("one", t => t.RowsCommitted == 2);

        fixture.Produce("b", 0, """{"id":4}""");
        engine.WaitFor("two", t => t.Records == 2);
        Assert.Equal("two", Assert.Single(engine.Apply([Table("one", "a")], []).Removed));
        engine.WaitForStatus(s => s.Tables is [{ Name: "one" }]);
        Assert.Equal(2, fixture.Rows("default.two").Length);

        // It is wanted again: nothing of it is lost, nothing comes twice.
        fixture.Produce("b", 0, """{"id":5}""");
        engine.Apply([Table("one", "a"), Table("two", "b")], []);
        engine.WaitFor("two", t => t.RowsCommitted == 1);
        Assert.Equal(["2", "4", "5"], fixture.Rows("default.two").Select(IdOf));
        Assert.Equal(epoch, fixture.Load("default.one").Metadata.Properties["k2i.epoch"]);
    }

    [Fact]
    public void AChangedTableIsFlushedAndGoesOnWithItsNewOptions()
    {
        using var engine = fixture.Start(fixture.Options(Table("one", "a") with { Flush = Never }));
        engine.WaitFor("one", t => t.State == TableState.Running);
        fixture.Produce("a", 0, """{"id":1,"more":"x"}""");
        engine.WaitFor("one", t => t.Rows == 1);
        Assert.Equal("one", Assert.Single(engine.Apply([Table("one", "a") with { UnknownFields = K2I.Decode.UnknownFields.Evolve }],
            []).Changed));
        engine.WaitFor("one", t => t.RowsCommitted == 1);
        fixture.Produce("a", 0, """{"id":2,"more":"y"}""");
        engine.WaitFor("one", t => t.RowsCommitted == 2);
        Assert.Equal(["1", "2"], fixture.Rows("default.one").Select(IdOf));
        Assert.Contains("\"more\":\"y\"", fixture.Rows("default.one")[1], StringComparison.Ordinal);
    }

    [Fact]
    public void LimitsOfFlushesCountAtOnce()
    {
        using var engine = fixture.Start(fixture.Options(Table("one", "a") with { Flush = Never }));
        fixture.Produce("a", 0, """{"id":1}""");
        engine.WaitFor("one", t => t.Rows == 1);
        engine.Apply([Table("one", "a")], []);
        engine.WaitFor("one", t => t.RowsCommitted == 1);
        Assert.Equal("1", fixture.Load("default.one").Metadata.Properties["k2i.epoch"]);
    }

    [Fact]
    public void HowATableIsKeptInShapeEndsNoRun()
    {
        using var engine = fixture.Start(fixture.Options(Table("one", "a") with { Flush = Never }));
        fixture.Produce("a", 0, """{"id":1}""");
        engine.WaitFor("one", t => t.Rows == 1);
        var kept = Table("one", "a") with { Flush = Never, IsMaintained = false, Maintenance = new() { Retention = new("ts", 1) } };
        engine.Apply([kept], []);
        fixture.Produce("a", 0, """{"id":2}""");
        engine.WaitFor("one", t => t.Rows == 2);
        Assert.Null(fixture.Load("default.one").Metadata.CurrentSnapshot);
    }

    [Fact]
    public void OtherTopicsAreReadFromThenOn()
    {
        fixture.Produce("a", 0, """{"id":1}""");
        fixture.Produce("b", 0, """{"id":2}""");
        using var engine = fixture.Start(fixture.Options(Table("one", "a")));
        engine.WaitFor("one", t => t.RowsCommitted == 1);
        engine.Apply([Table("one", "b")], []);
        engine.WaitFor("one", t => t.RowsCommitted == 2);
        fixture.Produce("a", 0, """{"id":3}""");
        fixture.Produce("b", 0, """{"id":4}""");
        engine.WaitFor("one", t => t.RowsCommitted == 3);
        Assert.Equal(["1", "2", "4"], fixture.Rows("default.one").Select(IdOf));
    }

    [Fact]
    public void TablesThatCannotBeChangeNothing()
    {
        using var engine = fixture.Start(fixture.Options(Table("one", "a")));
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => engine.Apply([Table("two", "b"), Table("two", "a")],
            [])).Kind);
        fixture.Produce("a", 0, """{"id":1}""");
        engine.WaitFor("one", t => t.RowsCommitted == 1);
        Assert.Single(engine.Status().Tables);
    }

    [Fact]
    public void APausedTableIsTriedAgainWithItsNewOptions()
    {
        fixture.Produce("a", 0, "no json");
        using var engine = fixture.Start(fixture.Options(Table("one", "a") with { DeadLetterPolicy = DeadLetterPolicy.Pause }));
        engine.WaitFor("one", t => t.PauseReason == PauseReason.BadRecord);
        engine.Apply([Table("one", "a") with { DeadLetterPolicy = DeadLetterPolicy.Drop }], []);
        engine.WaitFor("one", t => t.State == TableState.Running && t.DeadLetters.Values.Sum() > 0);
    }

    private static FlushOptions Never => new() { AgeMs = 3_600_000, Bytes = 1 << 30, Rows = 1 << 30 };

    private static TableOptions Table(string name, string topic) => new()
    {
        Name = name,
        Topics = [topic],
        Columns = "id: long!",
        Flush = new() { AgeMs = 200, Bytes = 1 << 20, Rows = 1_000 }
    };

    private static string IdOf(string row) => System.Text.Json.JsonDocument.Parse(row).RootElement.GetProperty("id").ToString();
}
