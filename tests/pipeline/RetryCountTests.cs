using System.Collections.Immutable;
using K2I.Base;
using K2I.Iceberg;

namespace K2I.Pipeline.Tests;

/// <summary>What is counted as a commit tried again, and what as a flush that waited.</summary>
public sealed class RetryCountTests : IDisposable
{
    private readonly EngineFixture fixture = new();

    public void Dispose() => fixture.Dispose();

    [Fact]
    public void AConflictIsACommitTriedAgainAndNoFlushWaits()
    {
        var status = RunWith(new(_ => new CommitOutcome.Conflict("someone was first")));
        Assert.Equal((1, 0), (status.CommitRetries, status.FlushRetries));
    }

    [Fact]
    public void ACatalogThatIsAwayMakesACommitBeTriedAgain()
    {
        var status = RunWith(new(_ => throw new EngineException(ErrorKind.Unavailable, "away")));
        Assert.Equal((1, 0), (status.CommitRetries, status.FlushRetries));
    }

    /// <summary>The commit does not try that again by itself; the flush comes back to it.</summary>
    [Fact]
    public void ACommitThatIsGivenUpIsWaitedWith()
    {
        var status = RunWith(new(_ => throw new EngineException(ErrorKind.Full, "no space left")));
        Assert.Equal((1, 1), (status.CommitRetries, status.FlushRetries));
    }

    [Fact]
    public void ACommitThatLandsAtOnceIsNeither()
    {
        var status = RunWith(new(inner => inner()));
        Assert.Equal((0, 0), (status.CommitRetries, status.FlushRetries));
    }

    private TableStatus RunWith(Script first)
    {
        fixture.Broker.CreateTopic("orders", 1);
        fixture.Produce("orders", 0, """{"id":1}""");
        var options = fixture.Options(new TableOptions { Name = "orders", Topics = ["orders"], Columns = "id: long", Flush = new() { AgeMs = 100 } });
        var services = EngineFixture.Services(options);
        using var engine = fixture.Start(options, services with { Catalog = new ScriptedCatalog(services.Catalog, first) });
        var status = engine.WaitFor("orders", t => t.RowsCommitted == 1);
        Assert.Single(fixture.Rows("default.orders"));
        return status;
    }

    /// <summary>Answers the first commit, which it can have carried out.</summary>
    private sealed record Script(Func<Func<CommitOutcome>, CommitOutcome> Answer);

    private sealed class ScriptedCatalog(ICatalog inner, Script first) : ICatalog
    {
        private bool asked;

        public Table Load(TableIdent ident) => inner.Load(ident);

        public Table? TryLoad(TableIdent ident) => inner.TryLoad(ident);

        public Table Create(TableIdent ident, TableCreation creation) => inner.Create(ident, creation);

        public CommitOutcome Commit(Table current, ImmutableArray<MetadataUpdate> updates, ImmutableArray<TableRequirement> requirements)
        {
            if (asked) return inner.Commit(current, updates, requirements);
            asked = true;
            return first.Answer(() => inner.Commit(current, updates, requirements));
        }

        public bool Drop(TableIdent ident, bool purge) => inner.Drop(ident, purge);

        public IEnumerable<ImmutableArray<string>> ListNamespaces() => inner.ListNamespaces();

        public IEnumerable<TableIdent> ListTables(ImmutableArray<string> inNamespace) => inner.ListTables(inNamespace);
    }
}
