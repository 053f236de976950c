using System.Collections.Immutable;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Pipeline.Tests;

/// <summary>What other engines do to a table: it is told of once, and stops nothing that can go on.</summary>
public sealed class OtherEnginesTests : IDisposable
{
    private static readonly TableIdent Orders = TableIdent.Parse("default.orders");

    private readonly EngineFixture fixture = new();
    private readonly EngineOptions options;

    public OtherEnginesTests()
    {
        fixture.Broker.CreateTopic("orders", 1);
        options = fixture.Options(new TableOptions { Name = "orders", Topics = ["orders"], Columns = "id: long", Flush = new() { AgeMs = 100 } });
    }

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void APropertyOfNoUseIsToldOnceAndTheTableGoesOn()
    {
        Commit(1);
        Change(new SetTableProperties
        {
            Updates = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
                .Add("write.parquet.compression-codec", "brotli").Add("write.metadata.compression-codec", "zstd").Add("write.metadata.metrics.default", "bogus"),
        });
        Commit(2);
        Commit(3);
        var told = fixture.Log.Lines.Where(l => l.Contains("a property of the table is passed over", StringComparison.Ordinal)).ToList();
        // Once a start, for each of the three.
        Assert.Equal(6, told.Count);
        Assert.Equal(2, told.Count(l => l.Contains("brotli", StringComparison.Ordinal) && l.Contains("zstd, snappy, gzip, lz4 or uncompressed", StringComparison.Ordinal)));
    }

    [Fact]
    public void AChangeOfColumnsAndPartitioningIsTold()
    {
        fixture.Produce("orders", 0, """{"id":1}""");
        using var engine = fixture.Start(options);
        engine.WaitFor("orders", t => t.RowsCommitted == 1);
        Change(new UpdateSchema().Add("", "color", PrimitiveType.String));
        Change(new UpdateSpec("bucket(4, id)"));
        fixture.Produce("orders", 0, """{"id":2}""");
        engine.WaitFor("orders", t => t.RowsCommitted == 2);
        engine.Stop();
        Assert.Contains(fixture.Log.Lines, l => l.Contains("another engine changed the table's columns", StringComparison.Ordinal) && l.Contains("color: string", StringComparison.Ordinal));
        Assert.Contains(fixture.Log.Lines, l => l.Contains("another engine changed the table's partitioning", StringComparison.Ordinal) && l.Contains("bucket(4, id)", StringComparison.Ordinal));
    }

    [Fact]
    public void ColumnsAddedFromHereAreNotCalledAnothers()
    {
        var own = fixture.Options(new TableOptions { Name = "orders", Topics = ["orders"], Columns = "id: long", UnknownFields = Decode.UnknownFields.Evolve, Flush = new() { AgeMs = 100 } });
        fixture.Produce("orders", 0, """{"id":1}""", """{"id":2,"color":"red"}""");
        using var engine = fixture.Start(own);
        engine.WaitFor("orders", t => t.RowsCommitted == 2);
        engine.Stop();
        Assert.Contains(fixture.Load("default.orders").Metadata.CurrentSchema.Fields, f => f.Name == "color");
        Assert.DoesNotContain(fixture.Log.Lines, l => l.Contains("another engine", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatDoesNotFitIsCalledASchema()
    {
        Commit(1);
        using var engine = fixture.Start(options with { Tables = [options.Tables[0] with { Columns = "id: string" }] });
        Assert.Equal(PauseReason.IncompatibleSchema, engine.WaitFor("orders", t => t.State == TableState.Paused).PauseReason);
    }

    [Fact]
    public void WhatCannotBeDoneAndWhatIsRefusedHaveTheirOwnNames()
    {
        Assert.Equal(PauseReason.Unsupported, PauseReasons.Of(new EngineException(ErrorKind.Unsupported, "s3://a/b: no store for 's3'")));
        Assert.Equal(PauseReason.Refused, PauseReasons.Of(new EngineException(ErrorKind.Invalid, "kafka: property 'x' cannot be set")));
        Assert.Equal(PauseReason.IncompatibleSchema, PauseReasons.Of(TableStop.Misfit("column id")));
        foreach (var reason in Enum.GetValues<PauseReason>())
        {
            Assert.True(PauseReasons.TryParse(PauseReasons.NameOf(reason), out var known));
            Assert.Equal(reason, known);
        }
    }

    private void Commit(int rows)
    {
        fixture.Produce("orders", 0, $$"""{"id":{{rows}}}""");
        using var engine = fixture.Start(options);
        engine.WaitFor("orders", _ => fixture.Rows("default.orders").Length == rows);
        engine.Stop();
    }

    private void Change(TableAction action)
    {
        var services = EngineFixture.Services(options);
        Assert.Equal(CommitStatus.Committed, new TableCommitter(services.Catalog, services.Objects).Commit(Orders, action).Status);
    }
}
